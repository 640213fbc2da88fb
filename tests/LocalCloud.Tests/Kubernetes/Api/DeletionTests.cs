using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class DeletionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_off()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"c","finalizers":["test.example.com/hold"]}}""");

        var deleted = await api.SendAsync("DELETE", path + "/c", null);
        var more = await api.PatchAsync(path + "/c", """{"metadata":{"finalizers":["test.example.com/more","test.example.com/hold"]}}""", "merge-patch+json");
        var released = await api.PatchAsync(path + "/c", """{"metadata":{"finalizers":[]}}""", "merge-patch+json");

        Assert.NotNull(deleted.Body["metadata"]!["deletionTimestamp"]);
        Assert.Contains("no new finalizers can be added if the object is being deleted", more.Message,
            StringComparison.Ordinal);
        Assert.Equal(200, released.Status);
        Assert.Equal(404, (await api.GetAsync(path + "/c")).Status);
    }

    [Theory]
    [InlineData("Foreground", "foregroundDeletion")]
    [InlineData("Orphan", "orphan")]
    public async Task A_propagation_policy_becomes_the_garbage_collector_s_finalizer(string policy, string finalizer)
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"c"}}""");

        var deleted = await api.SendAsync("DELETE", path + "/c", "{\"propagationPolicy\":\"" + policy + "\"}");

        Assert.Equal([finalizer],
            deleted.Body["metadata"]!["finalizers"]!.AsArray().Select(item => item!.GetValue<string>()));
    }

    [Fact]
    public async Task A_background_delete_answers_with_the_status_of_success()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        var created = await api.PostAsync(path, """{"metadata":{"name":"c"}}""");

        var deleted = await api.SendAsync("DELETE", path + "/c", """{"propagationPolicy":"Background"}""");

        Assert.Equal("Success", deleted.Body["status"]!.GetValue<string>());
        Assert.Equal(created.Body["metadata"]!["uid"]!.GetValue<string>(),
            deleted.Body["details"]!["uid"]!.GetValue<string>());
        Assert.Equal("configmaps", deleted.Body["details"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_precondition_that_does_not_hold_is_a_conflict()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"c"}}""");

        var refused = await api.SendAsync("DELETE", path + "/c", """{"preconditions":{"uid":"other"}}""");

        Assert.Equal(409, refused.Status);
        Assert.StartsWith("Operation cannot be fulfilled on configmaps \"c\": Precondition failed: UID in precondition: other, UID in object meta: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_on_a_node_gets_its_grace_and_ends_when_the_kubelet_says_so()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/pods";
        await api.PostAsync(path, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        await api.PostAsync(path + "/p/binding", """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""");

        var asked = await api.SendAsync("DELETE", path + "/p", null);
        var waiting = await api.GetAsync(path + "/p");
        await api.SendAsync("DELETE", path + "/p", """{"gracePeriodSeconds":0}""");

        Assert.Equal(30, asked.Body["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>());
        Assert.Equal("n", waiting.Body["spec"]!["nodeName"]!.GetValue<string>());
        Assert.Equal(404, (await api.GetAsync(path + "/p")).Status);
    }

    [Fact]
    public async Task A_pod_without_a_node_goes_at_once()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/pods";
        await api.PostAsync(path, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");

        await api.SendAsync("DELETE", path + "/p", null);

        Assert.Equal(404, (await api.GetAsync(path + "/p")).Status);
    }

    [Fact]
    public async Task A_namespace_terminates_takes_nothing_new_and_goes_when_it_is_finalized()
    {
        var ns = await api.NamespaceAsync();

        var deleted = await api.SendAsync("DELETE", $"/api/v1/namespaces/{ns}", null);
        var refused = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"late"}}""");
        var kept = (await api.GetAsync($"/api/v1/namespaces/{ns}")).Body;
        kept["spec"]!["finalizers"] = new JsonArray();
        var finalized = await api.SendAsync("PUT", $"/api/v1/namespaces/{ns}/finalize", kept.ToJsonString());

        Assert.Equal("Terminating", deleted.Body["status"]!["phase"]!.GetValue<string>());
        Assert.Equal((403, "Forbidden"), (refused.Status, refused.Reason));
        Assert.Equal($"configmaps \"late\" is forbidden: unable to create new content in namespace {ns} because it is being terminated", refused.Message);
        Assert.Equal("NamespaceTerminating", refused.Body["details"]!["causes"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal(200, finalized.Status);
        Assert.Equal(404, (await api.GetAsync($"/api/v1/namespaces/{ns}")).Status);
    }

    [Fact]
    public async Task A_collection_goes_as_its_selector_says()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"a","labels":{"x":"y"}}}""");
        await api.PostAsync(path, """{"metadata":{"name":"b"}}""");

        await api.SendAsync("DELETE", path + "?labelSelector=x%3Dy", null);

        Assert.Equal(["b"],
            (await api.GetAsync(path)).Body["items"]!.AsArray().Select(item =>
            item!["metadata"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_eviction_respects_the_disruption_budget()
    {
        var ns = await api.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/pods";
        await api.PostAsync(path, """{"metadata":{"name":"p","labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        await api.PatchAsync(path + "/p/status", """{"status":{"phase":"Running"}}""");
        await api.PostAsync($"/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets", """{"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}}""");

        var refused = await api.PostAsync(path + "/p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}}""");
        await api.PatchAsync($"/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets/b/status", """{"status":{"disruptionsAllowed":1}}""");
        var evicted = await api.PostAsync(path + "/p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}}""");

        Assert.Equal((429, "Cannot evict pod as it would violate the pod's disruption budget."),
            (refused.Status, refused.Message));
        Assert.Equal(201, evicted.Status);
    }
}
