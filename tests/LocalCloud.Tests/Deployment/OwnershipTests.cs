using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>Objects that the chart wants and somebody else has made, and fields that somebody else has changed.</summary>
[Collection(nameof(DeployCollection))]
[Trait("Length", "long")]
public sealed class OwnershipTests(DeployCluster cluster)
{
    private const string Chart = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: shared }
        data: { text: ours }
        """;

    public static TheoryData<string> Majors => HelmTool.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task What_nobody_owns_and_what_a_release_that_is_gone_owned_is_taken_over(string major)
    {
        await using var rig = cluster.Rig(major);
        await rig.CreateAsync("""
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: shared }
            data: { text: theirs }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: abandoned
              labels: { app.kubernetes.io/managed-by: Helm }
              annotations: { meta.helm.sh/release-name: gone, meta.helm.sh/release-namespace: elsewhere }
            data: { text: theirs }
            """);

        await rig.Template($"{Chart}\n---\n{Chart.Replace("shared", "abandoned", StringComparison.Ordinal)}").HealsAsync();

        foreach (var name in new[] { "shared", "abandoned" })
        {
            var taken = (await rig.FindAsync("api/v1", "configmaps", name))!;
            Assert.Equal(("ours", rig.Name), ((string?)taken["data"]!["text"], (string?)taken["metadata"]!["annotations"]!["meta.helm.sh/release-name"]));
            Assert.Contains($"ConfigMap {name} is there and no living release owns it", rig.Story, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task What_a_living_release_owns_stays_its_own_and_the_owner_is_named(string major)
    {
        await using var rig = cluster.Rig(major).Template(Chart);
        await rig.NamespaceAsync();
        await rig.HelmAsync("install", "shop", rig.Chart);

        var failure = await rig.FailsAsync();

        Assert.Equal(("helm-ownership-release", "helm_ownership_conflict"), (failure.Rule, failure.Class));
        Assert.Equal($"ConfigMap shared belongs to the release shop in namespace {rig.Name}, which is deployed", failure.Summary);
        Assert.Equal("shop", (string?)(await rig.FindAsync("api/v1", "configmaps", "shared"))!["metadata"]!["annotations"]!["meta.helm.sh/release-name"]);
        Assert.Null(await rig.StatusAsync());
    }

    [Theory]
    [InlineData("labels: { app.kubernetes.io/managed-by: argocd }", "argocd")]
    [InlineData("ownerReferences: [{ apiVersion: v1, kind: ConfigMap, name: parent, uid: PARENT, controller: true }]", "ConfigMap parent")]
    public async Task What_a_controller_or_another_program_keeps_is_left_to_it(string mark, string owner)
    {
        await using var rig = cluster.Rig("4");
        await rig.CreateAsync("{ apiVersion: v1, kind: ConfigMap, metadata: { name: parent } }");
        var parent = (string)(await rig.FindAsync("api/v1", "configmaps", "parent"))!["metadata"]!["uid"]!;
        await rig.CreateAsync($"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shared\n  {mark.Replace("PARENT", parent, StringComparison.Ordinal)}\n");

        var failure = await rig.Template(Chart).FailsAsync();

        Assert.Equal("helm-ownership-manager", failure.Rule);
        Assert.Contains(owner, failure.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_field_that_a_person_changed_by_hand_becomes_the_charts_again_and_old_warnings_explain_nothing(string major)
    {
        await using var rig = cluster.Rig(major).Template(Web("1"));
        await rig.HealsAsync();
        await rig.SendAsync(
            HttpMethod.Patch, $"apis/apps/v1/namespaces/{rig.Name}/deployments/web?fieldManager=kubectl-set",
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"ghcr.io/jetscale/web:by-hand"}]}}}}""", "application/strategic-merge-patch+json");

        await rig.Template(Web("2")).HealsAsync();

        Assert.EndsWith("web:2", (string?)(await rig.FindAsync("apis/apps/v1", "deployments", "web"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
    }

    [Theory]
    [InlineData("3", "4")]
    [InlineData("4", "3")]
    public async Task A_release_of_one_major_is_upgraded_by_the_other_and_loses_what_the_chart_dropped(string before, string after)
    {
        await using var first = cluster.Rig(before).Template($"{Web("1")}\n---\n{Chart.Replace("text: ours", "text: ours, more: dropped", StringComparison.Ordinal)}");
        await first.HealsAsync();
        await using var second = cluster.Rig(after, first).Template($"{Web("2")}\n---\n{Chart}");

        await second.HealsAsync();

        Assert.EndsWith("web:2", (string?)(await second.FindAsync("apis/apps/v1", "deployments", "web"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.Null((await second.FindAsync("api/v1", "configmaps", "shared"))!["data"]!["more"]);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_old_warning_never_stands_above_helms_own_words(string major)
    {
        await using var rig = cluster.Rig(major).Template(Chart);
        await rig.CreateAsync("""
            apiVersion: v1
            kind: Event
            metadata: { name: old }
            involvedObject: { kind: Pod, name: web-1 }
            type: Warning
            reason: FailedScheduling
            message: 0/2 nodes are available
            count: 1
            """);

        // The API refuses it, made or changed: it is plainly wrong.
        var failure = await rig.Template("apiVersion: v1\nkind: Service\nmetadata: { name: bad }\nspec: { ports: [{ port: 99999 }] }\n").FailsAsync();

        Assert.Contains("must be between 1 and 65535", failure.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Evidence, line => line.Contains("FailedScheduling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_is_being_deleted_is_waited_for_and_the_placeholder_is_made_once()
    {
        await using var rig = cluster.Rig("4", timeout: 20).Template(Chart);
        await rig.CreateAsync("{ apiVersion: v1, kind: ConfigMap, metadata: { name: shared, finalizers: [example.com/wait] } }");
        var path = $"api/v1/namespaces/{rig.Name}/configmaps/shared";
        await rig.SendAsync(HttpMethod.Delete, path, "{}");
        var healing = rig.HealsAsync();
        await rig.SendAsync(HttpMethod.Patch, path, """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        await healing;

        var secret = $"{rig.Name}-app-secrets";
        Assert.Equal("ours", (string?)(await rig.FindAsync("api/v1", "configmaps", "shared"))!["data"]!["text"]);
        Assert.Null((await rig.FindAsync("api/v1", "secrets", secret))!["data"]);
        await rig.SendAsync(HttpMethod.Delete, $"api/v1/namespaces/{rig.Name}/secrets/{secret}", "{}");
        await rig.HealsAsync();
        Assert.NotNull(await rig.FindAsync("api/v1", "secrets", secret));
    }

    private static string Web(string tag) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: web, image: "ghcr.io/jetscale/web:{{tag}}", ports: [{ containerPort: 8080 }] }] }
        """;
}
