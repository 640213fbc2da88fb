using System.Text;
using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class AdmissionWebhookTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    [Fact]
    public async Task A_mutating_webhook_changes_what_is_created_before_it_is_validated()
    {
        var ns = await NamespaceAsync("mutated");
        await using var receiver = await WebhookReceiver.StartAsync("hook.mutated.svc");
        api.Dial = (_, ct) => receiver.DialAsync(ct);
        receiver.Answer = _ => Patch("""[{"op":"add","path":"/metadata/labels","value":{"hooked":"yes"}}]""");
        await RegisterAsync("mutating", "mutated", receiver.Bundle);

        var created = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"},"data":{"a":"b"}}""");
        await RemoveAsync("mutating", "mutated");

        Assert.Equal("yes", created.Body["metadata"]!["labels"]!["hooked"]!.GetValue<string>());
        var asked = Assert.Single(receiver.Asked);
        Assert.Equal(("CREATE", "c", ns, "kubernetes-admin"),
            (Text(asked, "operation"), Text(asked, "name"), Text(asked, "namespace"),
            asked["userInfo"]!["username"]!.GetValue<string>()));
        Assert.Equal("b", asked["object"]!["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_validating_webhook_denies_with_its_own_words_and_code()
    {
        var ns = await NamespaceAsync("denied");
        await using var receiver = await WebhookReceiver.StartAsync("hook.denied.svc");
        api.Dial = (_, ct) => receiver.DialAsync(ct);
        receiver.Answer = _ =>
            new JsonObject
            {
                ["allowed"] = false,
                ["status"] = new JsonObject { ["code"] = 403, ["message"] = "not today", ["reason"] = "Forbidden" }
            };
        await RegisterAsync("validating", "denied", receiver.Bundle);

        var refused = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        var applied = await api.KubectlAsync($"apply -n {ns} -f -", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "denied");

        Assert.Equal((403, "Forbidden"), (refused.Status, refused.Reason));
        Assert.Equal("admission webhook \"denied.hook.example.com\" denied the request: not today", refused.Message);
        Assert.Contains("admission webhook \"denied.hook.example.com\" denied the request: not today",
            applied.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_without_endpoints_fails_the_request_in_the_real_server_s_words()
    {
        var ns = await NamespaceAsync("lonely");
        api.Dial = (target, _) =>
            throw new ServiceUnreachableException($"no endpoints available for service \"{target.Name}\"");
        await RegisterAsync("validating", "lonely",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(api.Server.AuthorityPem)));

        var refused = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "lonely");

        Assert.Equal((500, "InternalError"), (refused.Status, refused.Reason));
        Assert.Equal(
            "Internal error occurred: failed calling webhook \"lonely.hook.example.com\": failed to call webhook: Post \"https://hook.lonely.svc:443/check?timeout=10s\": no endpoints available for service \"hook\"",
            refused.Message);
    }

    [Fact]
    public async Task A_webhook_whose_service_is_missing_fails_the_request_unless_failures_are_ignored()
    {
        var ns = await NamespaceAsync("absent", service: false);
        await RegisterAsync("validating", "absent", "", "\"failurePolicy\":\"Ignore\",");
        var ignored = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "absent");

        await RegisterAsync("validating", "absent", "");
        var refused = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"d"}}""");
        await RemoveAsync("validating", "absent");

        Assert.Equal(201, ignored.Status);
        Assert.EndsWith("service \"hook\" not found", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_or_for_another_name_is_not_trusted()
    {
        var ns = await NamespaceAsync("strange");
        await using var receiver = await WebhookReceiver.StartAsync("other.strange.svc");
        api.Dial = (_, ct) => receiver.DialAsync(ct);
        await RegisterAsync("validating", "strange",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(api.Server.AuthorityPem)));
        var unknown = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "strange");
        await RegisterAsync("validating", "strange", receiver.Bundle);
        var misnamed = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "strange");

        Assert.EndsWith("tls: failed to verify certificate: x509: certificate signed by unknown authority",
            unknown.Message, StringComparison.Ordinal);
        Assert.EndsWith("tls: failed to verify certificate: x509: certificate is valid for other.strange.svc, not hook.strange.svc", misnamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_that_does_not_answer_in_time_fails_the_request()
    {
        var ns = await NamespaceAsync("slow");
        await using var receiver = await WebhookReceiver.StartAsync("hook.slow.svc");
        api.Dial = async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return Stream.Null;
        };
        await RegisterAsync("validating", "slow", receiver.Bundle, "\"timeoutSeconds\":1,");

        var refused = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");
        await RemoveAsync("validating", "slow");

        Assert.EndsWith("?timeout=1s\": context deadline exceeded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selectors_and_rules_decide_who_is_asked()
    {
        var ns = await NamespaceAsync("chosen");
        await using var receiver = await WebhookReceiver.StartAsync("hook.chosen.svc");
        api.Dial = (_, ct) => receiver.DialAsync(ct);
        await RegisterAsync("validating", "chosen", receiver.Bundle,
            "\"objectSelector\":{\"matchLabels\":{\"ask\":\"me\"}},");

        await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"no"}}""");
        await api.PostAsync($"/api/v1/namespaces/{ns}/secrets", """{"metadata":{"name":"kind","labels":{"ask":"me"}}}""");
        await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"yes","labels":{"ask":"me"}}}""");
        await api.PatchAsync($"/api/v1/namespaces/{ns}/configmaps/yes", """{"metadata":{"labels":{"ask":null}}}""");
        await api.SendAsync("DELETE", $"/api/v1/namespaces/{ns}/configmaps/no", null);
        await RemoveAsync("validating", "chosen");

        Assert.Equal(["CREATE yes", "UPDATE yes"],
            receiver.Asked.Select(asked => $"{Text(asked, "operation")} {Text(asked, "name")}"));
    }

    [Theory]
    [InlineData("object.metadata.name == 'yes'", "Fail", 201, true)]
    [InlineData("object.metadata.name == 'no'", "Fail", 201, false)]
    [InlineData("request.namespace.startsWith('kube-')", "Fail", 201, false)]
    [InlineData("request.operation == 'CREATE' && oldObject == null", "Fail", 201, true)]
    [InlineData("!has(object.metadata.labels) || object.metadata.labels.ask == 'me'", "Fail", 201, true)]
    [InlineData("object.data.exists(key, key == 'a')", "Fail", 201, true)]

    // What cannot be evaluated goes by the policy, without asking; where another condition is false nothing has failed.
    [InlineData("object.metadata.labels.ask == 'me'", "Fail", 403, false)]
    [InlineData("object.metadata.labels.ask == 'me'", "Ignore", 201, false)]
    [InlineData("object.metadata.labels.ask == 'me' && false", "Fail", 201, false)]
    [InlineData("object.metadata.labels.ask == 'me';false", "Fail", 201, false)]
    [InlineData("true;object.metadata.labels.ask == 'me'", "Fail", 403, false)]
    [InlineData("object.metadata.name", "Fail", 403, false)]
    public async Task Conditions_decide_whether_it_is_asked(string expressions, string policy, int status, bool asked)
    {
        var ns = await NamespaceAsync("cel-" + Guid.NewGuid().ToString("n")[..8]);
        await using var receiver = await WebhookReceiver.StartAsync($"hook.{ns}.svc");
        api.Dial = (_, ct) => receiver.DialAsync(ct);
        var conditions = new JsonArray([.. expressions.Split(';').Select((text, index) => new JsonObject { ["name"] = $"c{index}", ["expression"] = text })]);
        foreach (var kind in (string[])["validating", "mutating"])
        {
            receiver.Asked.Clear();
            await RegisterAsync(kind, ns, receiver.Bundle, $"\"failurePolicy\":\"{policy}\",\"matchConditions\":{conditions.ToJsonString()},");
            var made = await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"yes"},"data":{"a":"b"}}""");
            await RemoveAsync(kind, ns);
            await api.SendAsync("DELETE", $"/api/v1/namespaces/{ns}/configmaps/yes", null);

            Assert.True(made.Status == status, made.Text);
            Assert.Equal(asked, receiver.Asked.Count > 0);
            if (status == 403)
            {
                Assert.StartsWith("configmaps \"yes\" is forbidden: expression '", made.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_condition_that_is_no_expression_is_refused_with_its_place()
    {
        var ns = await NamespaceAsync("celless");
        var refused = await api.PostAsync($"{Group}validatingwebhookconfigurations", """
            {"metadata":{"name":"celless"},"webhooks":[{"name":"a.hook.example.com","admissionReviewVersions":["v1"],"sideEffects":"None",
             "clientConfig":{"service":{"namespace":"celless","name":"hook"}},"matchConditions":[{"name":"good","expression":"true"},{"name":"bad","expression":"request.namespace =="}]}]}
            """);

        Assert.Equal(422, refused.Status);
        Assert.Contains("webhooks[0].matchConditions[1].expression: Invalid value: \"request.namespace ==\": compilation failed: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ns + ".matchConditions[0]", refused.Message, StringComparison.Ordinal);
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static JsonObject Patch(string operations) => new()
    {
        ["allowed"] = true,
        ["patchType"] = "JSONPatch",
        ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(operations)),
    };

    private async Task<string> NamespaceAsync(string name, bool service = true)
    {
        await api.PostAsync("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        if (service)
        {
            await api.PostAsync($"/api/v1/namespaces/{name}/services", """{"metadata":{"name":"hook"},"spec":{"ports":[{"port":443}]}}""");
        }

        return name;
    }

    /// <summary>Registers a webhook for the config maps of one namespace.</summary>
    private async Task RegisterAsync(string kind, string ns, string bundle, string more = "")
    {
        var body = """
            {"metadata":{"name":"NS"},"webhooks":[{"name":"NS.hook.example.com",MORE"admissionReviewVersions":["v1"],"sideEffects":"None",
             "clientConfig":{"caBundle":"BUNDLE","service":{"namespace":"NS","name":"hook","path":"/check"}},
             "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"NS"}},
             "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE","UPDATE","DELETE"],"resources":["configmaps"]}]}]}
            """.Replace("NS", ns, StringComparison.Ordinal).Replace("BUNDLE", bundle, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);
        var reply = await api.PostAsync($"{Group}{kind}webhookconfigurations", body);
        Assert.True(reply.Status == 201, reply.Text);
    }

    private Task RemoveAsync(string kind, string ns) =>
        api.SendAsync("DELETE", $"{Group}{kind}webhookconfigurations/{ns}", null);
}
