using System.Text.Json;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.TerraformProviders.Kubernetes.Access;
using static Mayfly.LocalCloud.Tests.Providers.KubernetesRoots;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>The stand-in for hashicorp/kubernetes, through the real terraform.</summary>
public sealed class KubernetesProviderTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private string Provider => $"provider \"kubernetes\" {{\n{cluster.Arguments}\n}}\n";

    [Fact]
    public async Task Objects_are_created_kept_changed_replaced_and_destroyed()
    {
        using var root = new TerraformRoot(Provider + Objects("one", "first"));
        await root.InitAsync();

        await root.ApplyAsync();

        Assert.Equal("one", (await root.StateAsync("kubernetes_namespace_v1.a")).GetProperty("id").GetString());
        Assert.Equal("one/settings", (await root.StateAsync("kubernetes_config_map_v1.a")).GetProperty("id").GetString());
        Assert.Equal("cGFzcw==", await LiveAsync("/api/v1/namespaces/one/secrets/login", live => live["data"]!["password"]!.GetValue<string>()));
        Assert.Equal("Role", await LiveAsync("/apis/rbac.authorization.k8s.io/v1/namespaces/one/rolebindings/reader", live => live["roleRef"]!["kind"]!.GetValue<string>()));
        Assert.False(await root.HasChangesAsync());

        root.Write("main.tf", Provider + Objects("one", "second"));
        var changes = await root.PlanAsync();
        Assert.Equal(["update"], Actions(changes["kubernetes_config_map_v1.a"]));
        Assert.Equal(["no-op"], Actions(changes["kubernetes_namespace_v1.a"]));
        await root.ApplyAsync();
        Assert.Equal("second", await LiveAsync("/api/v1/namespaces/one/configmaps/settings", live => live["data"]!["mode"]!.GetValue<string>()));

        root.Write("main.tf", Provider + Objects("two", "second"));
        Assert.Equal(["delete", "create"], Actions((await root.PlanAsync())["kubernetes_namespace_v1.a"]));

        await root.MustAsync("destroy", "-no-color", "-auto-approve");
        Assert.Null(await LiveAsync<string>("/api/v1/namespaces/one", _ => "there"));
    }

    [Fact]
    public async Task What_exists_is_refused_by_name_and_can_be_imported()
    {
        using var root = new TerraformRoot(Provider + Namespace("taken"));
        await root.InitAsync();
        await root.ApplyAsync();
        File.Delete(Path.Combine(root.Folder, "terraform.tfstate"));

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");
        Assert.Contains("Error: namespaces \"taken\" already exists", refused.Errors, StringComparison.Ordinal);

        root.Write("import.tf", "import {\n  to = kubernetes_namespace_v1.a\n  id = \"taken\"\n}\n");
        Assert.Contains("1 imported, 0 added, 0 changed, 0 destroyed", await root.ApplyAsync(), StringComparison.Ordinal);
        Assert.False(await root.HasChangesAsync());
    }

    [Fact]
    public async Task What_somebody_deleted_is_planned_anew_and_what_somebody_changed_is_put_right()
    {
        using var root = new TerraformRoot(Provider + Namespace("drift") + ConfigMap("drift", "mine"));
        await root.InitAsync();
        await root.ApplyAsync();

        using (var api = Api())
        {
            var ct = TestContext.Current.CancellationToken;
            await api.PatchAsync(
                "/api/v1/namespaces/drift/configmaps/settings",
                System.Text.Json.Nodes.JsonNode.Parse("""{"data":{"mode":"theirs"}}""")!,
                KubernetesApi.MergePatch,
                ct);
        }

        Assert.Equal(["update"], Actions((await root.PlanAsync())["kubernetes_config_map_v1.a"]));

        using (var api = Api())
        {
            await api.DeleteAsync("/api/v1/namespaces/drift/configmaps/settings", TestContext.Current.CancellationToken);
        }

        Assert.Equal(["create"], Actions((await root.PlanAsync())["kubernetes_config_map_v1.a"]));
    }

    [Fact]
    public async Task A_provider_without_configuration_ends_up_at_localhost()
    {
        using var root = new TerraformRoot("provider \"kubernetes\" {\n}\n" + Namespace("nowhere"));
        await root.InitAsync();

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");

        var text = string.Join(' ', refused.Errors.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Post \"http://localhost/api/v1/namespaces\": dial tcp 127.0.0.1:80: connect: connection refused", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_known_is_unauthorized()
    {
        using var root = new TerraformRoot(
            Provider.Replace(cluster.Server.Admin.Token, "somebody-else", StringComparison.Ordinal) + Namespace("denied"));
        await root.InitAsync();

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");

        Assert.Contains("Error: Unauthorized", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_is_applied_changed_and_deleted_and_an_unknown_kind_is_named()
    {
        using var root = new TerraformRoot(Provider + Namespace("manifests") + Manifest("ConfigMap", "v1", "one"));
        await root.InitAsync();
        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        Assert.Equal("one", await LiveAsync("/api/v1/namespaces/manifests/configmaps/thing", live => live["data"]!["a"]!.GetValue<string>()));

        root.Write("main.tf", Provider + Namespace("manifests") + Manifest("ConfigMap", "v1", "two"));
        await root.ApplyAsync();
        Assert.Equal("two", await LiveAsync("/api/v1/namespaces/manifests/configmaps/thing", live => live["data"]!["a"]!.GetValue<string>()));

        root.Write("main.tf", Provider + Namespace("manifests") + Manifest("NodePool", "karpenter.sh/v1", "two"));
        var refused = await root.RunAsync("plan", "-no-color");
        Assert.Contains("API did not recognize GroupVersionKind from manifest", refused.Errors, StringComparison.Ordinal);

        root.Write("main.tf", Provider + Namespace("manifests"));
        await root.ApplyAsync();
        Assert.Null(await LiveAsync<string>("/api/v1/namespaces/manifests/configmaps/thing", _ => "there"));
    }

    [Fact]
    public async Task Data_sources_read_and_an_exec_plugin_gives_the_token()
    {
        var token = Path.Combine(Path.GetTempPath(), $"token-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(
            token,
            $$$"""{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"{{{cluster.Server.Admin.Token}}}"}}""",
            TestContext.Current.CancellationToken);
        var exec = $"exec {{\n api_version = \"client.authentication.k8s.io/v1beta1\"\n command = \"cat\"\n args = [\"{token}\"]\n }}";
        var provider = string.Join('\n', Provider.Split('\n').Select(line => line.TrimStart().StartsWith("token ", StringComparison.Ordinal) ? exec : line));
        using var root = new TerraformRoot(provider + Namespace("read") + ConfigMap("read", "x") +
            """
            data "kubernetes_config_map_v1" "a" {
              metadata {
                name      = kubernetes_config_map_v1.a.metadata[0].name
                namespace = "read"
              }
            }
            output "mode" {
              value = data.kubernetes_config_map_v1.a.data["mode"]
            }
            """);
        await root.InitAsync();

        Assert.Contains("mode = \"x\"", await root.ApplyAsync(), StringComparison.Ordinal);
        File.Delete(token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exec_plugin_is_asked_again_when_its_login_ran_out(bool fromKubeconfig)
    {
        using var program = new ExecProgram(cluster);
        var space = fromKubeconfig ? "exec-file" : "exec-block";
        program.Print(cluster.Server.Admin.Token!, until: DateTimeOffset.UtcNow.AddHours(-1));
        var provider = fromKubeconfig
            ? $"provider \"kubernetes\" {{\n config_path = \"{program.WriteKubeconfig()}\"\n}}\n"
            : $"provider \"kubernetes\" {{\n{program.Block}\n}}\n";
        using var root = new TerraformRoot(provider + Namespace(space) + ConfigMap(space, "x"));
        await root.InitAsync();

        await root.ApplyAsync();

        // Each request of the one apply asked for a login; a login that lasts is asked for once.
        Assert.True(program.Calls > 2, $"{program.Calls} calls");
        var before = program.Calls;
        program.Print(cluster.Server.Admin.Token!, until: DateTimeOffset.UtcNow.AddHours(1));
        Assert.False(await root.HasChangesAsync());
        Assert.Equal(before + 1, program.Calls);
    }

    [Fact]
    public async Task An_exec_plugin_is_asked_again_after_its_login_was_refused()
    {
        using var program = new ExecProgram(cluster);
        using var api = new KubernetesApi(new ClusterAccess
        {
            Server = cluster.Server.Endpoint,
            AuthorityPem = cluster.Server.AuthorityPem,
            Exec = program.Plugin,
        });
        program.Print("wrong", until: null);
        await Assert.ThrowsAsync<Mayfly.TerraformProviders.Resources.ProviderException>(
            () => api.GetAsync("/api/v1/namespaces/default", TestContext.Current.CancellationToken));
        program.Print(cluster.Server.Admin.Token!, until: null);

        Assert.NotNull(await api.GetAsync("/api/v1/namespaces/default", TestContext.Current.CancellationToken));
        Assert.NotNull(await api.GetAsync("/api/v1/namespaces/default", TestContext.Current.CancellationToken));

        Assert.Equal(2, program.Calls);
    }

    private static string[] Actions(JsonElement change) =>
        [.. change.GetProperty("actions").EnumerateArray().Select(action => action.GetString()!)];

    private KubernetesApi Api() => new(new ClusterAccess
    {
        Server = cluster.Server.Endpoint,
        Token = cluster.Server.Admin.Token,
        AuthorityPem = cluster.Server.AuthorityPem,
    });

    private async Task<T?> LiveAsync<T>(string path, Func<System.Text.Json.Nodes.JsonObject, T> read)
        where T : class
    {
        using var api = Api();
        return await api.GetAsync(path, TestContext.Current.CancellationToken) is { } live ? read(live) : null;
    }
}
