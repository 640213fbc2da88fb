using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class AccessTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    public async Task A_request_without_a_known_token_is_unauthorized(string? token)
    {
        using var client = api.Client(token);
        using var response = await client.GetAsync("/api/v1/namespaces", TestContext.Current.CancellationToken);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(("Unauthorized", "Failure"),
            (status["message"]!.GetValue<string>(), status["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_user_of_the_authenticator_may_do_what_roles_give_and_no_more()
    {
        var ns = await api.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/pods";

        var before = await api.SendAsync("GET", path, null, token: "user:ann");
        await api.PostAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"ann"}]}""");
        var after = await api.SendAsync("GET", path, null, token: "user:ann");
        var write = await api.SendAsync("POST", path, "{}", token: "user:ann");
        var elsewhere = await api.SendAsync("GET", "/api/v1/nodes", null, token: "user:ann");

        Assert.Equal($"pods is forbidden: User \"ann\" cannot list resource \"pods\" in API group \"\" in the namespace \"{ns}\"", before.Message);
        Assert.Equal(200, after.Status);
        Assert.Equal($"pods is forbidden: User \"ann\" cannot create resource \"pods\" in API group \"\" in the namespace \"{ns}\"", write.Message);
        Assert.Equal("nodes is forbidden: User \"ann\" cannot list resource \"nodes\" in API group \"\" at the cluster scope", elsewhere.Message);
    }

    [Fact]
    public async Task A_service_account_s_token_makes_its_user()
    {
        var ns = await api.NamespaceAsync();
        var accounts = $"/api/v1/namespaces/{ns}/serviceaccounts/default";

        var issued = await api.PostAsync(accounts + "/token", """{"spec":{"expirationSeconds":3600}}""");
        var token = issued.Body["status"]!["token"]!.GetValue<string>();
        var me = await api.SendAsync("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", token: token);
        var review = await api.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews",
            "{\"spec\":{\"token\":\"" + token + "\"}}");
        await api.SendAsync("DELETE", accounts, null);
        var later = await api.SendAsync("GET", "/api", null, token: token);

        var user = me.Body["status"]!["userInfo"]!;
        Assert.Equal($"system:serviceaccount:{ns}:default", user["username"]!.GetValue<string>());
        Assert.Equal(["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"],
            user["groups"]!.AsArray().Select(group => group!.GetValue<string>()));
        Assert.True(review.Body["status"]!["authenticated"]!.GetValue<bool>());
        Assert.Equal(401, later.Status);
    }

    [Fact]
    public async Task A_token_for_another_audience_is_none_for_the_api()
    {
        var ns = await api.NamespaceAsync();
        var issued = await api.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/default/token", """{"spec":{"audiences":["sts.amazonaws.com"]}}""");

        var reply = await api.SendAsync("GET", "/api", null,
            token: issued.Body["status"]!["token"]!.GetValue<string>());

        Assert.Equal(401, reply.Status);
    }

    [Fact]
    public async Task An_apply_that_creates_needs_the_right_to_create()
    {
        var ns = await api.NamespaceAsync();
        var rbac = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}";
        await api.PostAsync(rbac + "/roles", """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["patch"]}]}""");
        await api.PostAsync(rbac + "/rolebindings", """{"metadata":{"name":"r"},"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"eve"}]}""");

        var refused = await api.SendAsync("PATCH", $"/api/v1/namespaces/{ns}/configmaps/c?fieldManager=x", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}""", "application/apply-patch+yaml", "user:eve");

        Assert.Equal($"configmaps \"c\" is forbidden: User \"eve\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"{ns}\"", refused.Message);
    }

    [Fact]
    public async Task The_log_tells_who_asked_for_what_and_whether_it_wrote()
    {
        var ns = await api.NamespaceAsync();
        var start = api.Server.Requests.LastNumber;
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        await api.PostAsync(path, """{"metadata":{"name":"c"},"data":{"a":"1"}}""");
        await api.PostAsync(path + "?dryRun=All", """{"metadata":{"name":"d"}}""");
        await api.PatchAsync(path + "/c", """{"data":{"a":"1"}}""");
        await api.GetAsync(path + "/missing");

        var logged = api.Server.Requests.Requests.Where(request => request.Number > start
            && request.Path.StartsWith(path, StringComparison.Ordinal)).ToList();
        Assert.Equal([("POST", 201, true), ("POST", 201, false), ("PATCH", 200, false), ("GET", 404, false)],
            logged.Select(request => (request.Method, request.Status, request.Wrote)));
        Assert.All(logged, request => Assert.Equal("kubernetes-admin", request.User));
        Assert.Single(api.Server.Requests.WritesSince(start));
    }

    [Fact]
    public async Task A_fault_answers_in_the_server_s_place_or_drops_the_connection()
    {
        var ns = await api.NamespaceAsync();
        api.Fault = request => request.Path.EndsWith("/throttled", StringComparison.Ordinal)
            ? new ApiFault(Status: 429, Message: "slow down")
            : request.Path.EndsWith("/dropped", StringComparison.Ordinal) ? new ApiFault(Reset: true) : null;

        var throttled = await api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/throttled");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/dropped"));
        api.Fault = _ => null;

        Assert.Equal((429, "TooManyRequests", "slow down"), (throttled.Status, throttled.Reason, throttled.Message));
    }
}
