using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class ServerSideApplyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_first_apply_creates_and_the_same_again_changes_nothing()
    {
        var path = $"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments/d";
        var writes = api.Server.Requests.LastNumber;

        var created = await api.ApplyAsync(path, Samples.Deployment("d"));
        var again = await api.ApplyAsync(path, Samples.Deployment("d"));

        Assert.Equal(201, created.Status);
        Assert.Equal(200, again.Status);
        Assert.Equal(created.Version, again.Version);
        Assert.Single(api.Server.Requests.WritesSince(writes, request => request.Path == path));
    }

    [Fact]
    public async Task A_manager_owns_exactly_what_it_stated_not_what_was_defaulted()
    {
        var path = $"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments/d";

        var created = await api.ApplyAsync(path, Samples.Deployment("d"));

        var entry = created.Body["metadata"]!["managedFields"]!.AsArray().Single()!;
        var expected = JsonNode.Parse(
            """
            {"f:spec":{"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":
             {".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, entry["fieldsV1"]), entry["fieldsV1"]!.ToJsonString());
        Assert.Equal(("tester", "Apply"),
            (entry["manager"]!.GetValue<string>(), entry["operation"]!.GetValue<string>()));
        Assert.Equal(1, created.Body["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Another_manager_s_field_is_a_conflict_until_it_is_forced()
    {
        var path = $"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments/d";
        await api.ApplyAsync(path, Samples.Deployment("d"));
        const string Change = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i:2"}]}}}}""";

        var refused = await api.ApplyAsync(path, Change, "other");
        var forced = await api.ApplyAsync(path, Change, "other", force: true);

        Assert.Equal(409, refused.Status);
        Assert.Equal("Conflict", refused.Reason);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"tester\": .spec.template.spec.containers[name=\"c\"].image", refused.Message);
        var cause = refused.Body["details"]!["causes"]!.AsArray().Single()!;
        Assert.Equal("FieldManagerConflict", cause["reason"]!.GetValue<string>());
        Assert.Equal(200, forced.Status);
        var first = forced.Body["metadata"]!["managedFields"]!.AsArray().Single(entry =>
            entry!["manager"]!.GetValue<string>() == "tester")!;
        Assert.DoesNotContain("f:image", first.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_conflicts_are_listed_by_manager()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps/c";
        await api.ApplyAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","b":"1"}}""", "first");

        var refused = await api.ApplyAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"2","b":"2"}}""", "second");

        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"first\":\n- .data.a\n- .data.b", refused.Message);
    }

    [Fact]
    public async Task What_a_manager_no_longer_states_goes_unless_somebody_else_owns_it()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps/c";
        await api.ApplyAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","labels":{"x":"y"}},"data":{"mine":"1","shared":"1"}}""", "first");
        await api.ApplyAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"shared":"1"}}""", "second");

        var after = await api.ApplyAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}""", "first");

        Assert.Equal("""{"shared":"1"}""", after.Body["data"]!.ToJsonString());
        Assert.Null(after.Body["metadata"]!["labels"]);
    }

    [Fact]
    public async Task A_list_item_of_another_manager_stays_when_an_own_one_goes()
    {
        var ns = await api.NamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{ns}/deployments/d";
        await api.ApplyAsync(path, Samples.Deployment("d"));
        const string Side = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[{"name":"side","image":"s:1"}]}}}}""";
        const string None = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"}}""";

        var two = await api.ApplyAsync(path, Side, "injector");
        var one = await api.ApplyAsync(path, None, "injector");

        Assert.Equal(["c", "side"], Names(two));
        Assert.Equal(["c"], Names(one));
    }

    [Fact]
    public async Task An_update_takes_the_fields_it_changes_and_the_next_apply_conflicts_with_it()
    {
        var path = $"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments/d";
        await api.ApplyAsync(path, Samples.Deployment("d", extra: "\"replicas\":1,"));
        await api.SendAsync("PATCH", path + "/scale?fieldManager=scaler", """{"spec":{"replicas":5}}""", "application/merge-patch+json");

        var refused = await api.ApplyAsync(path, Samples.Deployment("d", extra: "\"replicas\":2,"));

        Assert.Equal("Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\" using apps/v1: .spec.replicas", refused.Message);
    }

    [Fact]
    public async Task The_status_has_owners_of_its_own()
    {
        var ns = await api.NamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{ns}/deployments/d";
        await api.ApplyAsync(path, Samples.Deployment("d"));

        var status = await api.SendAsync("PATCH", path + "/status?fieldManager=controller", """{"status":{"replicas":1},"spec":{"replicas":9}}""", "application/merge-patch+json");

        Assert.Equal(1, status.Body["status"]!["replicas"]!.GetValue<int>());
        Assert.Equal(1, status.Body["spec"]!["replicas"]!.GetValue<int>());
        var entry = status.Body["metadata"]!["managedFields"]!.AsArray().Single(one =>
            one!["manager"]!.GetValue<string>() == "controller")!;
        Assert.Equal("status", entry["subresource"]!.GetValue<string>());
        Assert.Equal("""{"f:status":{"f:replicas":{}}}""", entry["fieldsV1"]!.ToJsonString());
    }

    [Theory]
    [InlineData("", "fieldManager: Required value: is required for apply patch", 422)]
    [InlineData("?fieldManager=x&fieldValidation=Strict", "strict decoding error: unknown field \"dataa\"", 400)]
    public async Task An_apply_that_cannot_be_understood_says_why(string query, string expected, int status)
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps/c{query}";

        var refused = await api.SendAsync("PATCH", path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"dataa":{}}""", "application/apply-patch+yaml");

        Assert.Equal(status, refused.Status);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(Reply reply) =>
        reply.Body["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(container =>
            container!["name"]!.GetValue<string>());
}
