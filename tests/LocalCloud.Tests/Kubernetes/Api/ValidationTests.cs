namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class ValidationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Container = """{"name":"c","image":"i"}""";

    [Theory]
    [InlineData("api/v1", "configmaps", """{"metadata":{}}""", "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required")]
    [InlineData("api/v1", "configmaps", """{"metadata":{"name":"c","labels":{"a":"b c"}}}""", "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of")]
    [InlineData("api/v1", "services", """{"metadata":{"name":"1s"},"spec":{"ports":[{"port":80}]}}""", "metadata.name: Invalid value: \"1s\": a DNS-1035 label must consist of")]
    [InlineData("api/v1", "services", """{"metadata":{"name":"s"},"spec":{"ports":[{"port":0}]}}""", "Service \"s\" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("api/v1", "services", """{"metadata":{"name":"s"},"spec":{}}""", "Service \"s\" is invalid: spec.ports: Required value")]
    [InlineData("apis/apps/v1", "deployments", """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "Deployment.apps \"d\" is invalid: spec.template.metadata.labels: Invalid value: {\"a\":\"x\"}: `selector` does not match template `labels`")]
    [InlineData("apis/apps/v1", "deployments", """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[]}}}}""", "Deployment.apps \"d\" is invalid: spec.template.spec.containers: Required value")]
    [InlineData("apis/batch/v1", "cronjobs", """{"metadata":{"name":"j"},"spec":{"schedule":"* *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}""", "spec.schedule: Invalid value: \"* *\": expected exactly 5 fields, found 2: [* *]")]
    [InlineData("apis/batch/v1", "jobs", """{"metadata":{"name":"j"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "spec.template.spec.restartPolicy: Unsupported value: \"Always\": supported values: \"OnFailure\", \"Never\"")]
    [InlineData("apis/networking.k8s.io/v1", "ingresses", """{"metadata":{"name":"i"},"spec":{}}""", "either `defaultBackend` or `rules` must be specified")]
    [InlineData("apis/discovery.k8s.io/v1", "endpointslices", """{"metadata":{"name":"e"},"addressType":"IPv4","endpoints":[{"addresses":["127.0.0.1"]}]}""", "endpoints[0].addresses[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    public async Task What_is_wrong_is_said_in_kubernetes_words(string group, string plural, string body,
        string expected)
    {
        var reply = await api.PostAsync($"/{group}/namespaces/{await api.NamespaceAsync()}/{plural}", body);

        Assert.Equal((422, "Invalid"), (reply.Status, reply.Reason));
        Assert.Contains(expected, reply.Message, StringComparison.Ordinal);
        Assert.NotEmpty(reply.Body["details"]!["causes"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task Several_mistakes_come_in_one_list()
    {
        var reply = await api.PostAsync($"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments", """{"metadata":{"name":"d"},"spec":{"replicas":-1}}""");

        Assert.Equal("Deployment.apps \"d\" is invalid: [spec.selector: Required value, spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.template: Required value]", reply.Message);
        Assert.Equal(3, reply.Body["details"]!["causes"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("apis/apps/v1", "deployments", """{"spec":{"selector":{"matchLabels":{"app":"y"}},"template":{"metadata":{"labels":{"app":"y"}}}}}""", "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"y\"}}: field is immutable")]
    [InlineData("apis/apps/v1", "statefulsets", """{"spec":{"serviceName":"other"}}""", "StatefulSet.apps \"x\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden")]
    [InlineData("apis/batch/v1", "jobs", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"other"}]}}}}""", "}}: field is immutable")]
    [InlineData("api/v1", "services", """{"spec":{"clusterIP":"10.100.9.9"}}""", "spec.clusterIPs[0]: Invalid value: []string{\"10.100.9.9\"}: may not change once set")]
    [InlineData("api/v1", "pods", """{"spec":{"containers":[{"name":"c","command":["x"]}]}}""", "Pod \"x\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`")]
    public async Task What_may_not_change_does_not(string group, string plural, string patch, string expected)
    {
        var path = $"/{group}/namespaces/{await api.NamespaceAsync()}/{plural}";
        var template = """{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[CONTAINER]RESTART}}"""
            .Replace("CONTAINER", Container, StringComparison.Ordinal).Replace("RESTART", plural == "jobs"
                ? ",\"restartPolicy\":\"Never\"" : "", StringComparison.Ordinal);
        var spec = plural switch
        {
            "services" => """{"ports":[{"port":80}]}""",
            "pods" => "{\"containers\":[" + Container + "]}",
            "jobs" => "{\"template\":" + template + "}",
            _ => "{\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":" + template + "}",
        };
        Assert.Equal(201, (await api.PostAsync(path, "{\"metadata\":{\"name\":\"x\"},\"spec\":" + spec + "}")).Status);

        var refused = await api.PatchAsync(path + "/x", patch);

        Assert.Equal(422, refused.Status);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_secret_keeps_its_data()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/secrets";
        var created = await api.PostAsync(path, """{"metadata":{"name":"s"},"stringData":{"a":"b"},"immutable":true}""");

        var refused = await api.PatchAsync(path + "/s", """{"stringData":{"a":"c"}}""");

        Assert.Equal("""{"a":"Yg=="}""", created.Body["data"]!.ToJsonString());
        Assert.Null(created.Body["stringData"]);
        Assert.Equal("Secret \"s\" is invalid: data: Forbidden: field is immutable when `immutable` is set",
            refused.Message);
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_is_a_bad_request()
    {
        var reply = await api.PostAsync($"/apis/apps/v1/namespaces/{await api.NamespaceAsync()}/deployments", """{"metadata":{"name":"d"},"spec":{"replicas":"two"}}""");

        Assert.Equal((400, "BadRequest"), (reply.Status, reply.Reason));
        Assert.Equal("Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32", reply.Message);
    }

    [Fact]
    public async Task An_old_resource_version_is_a_conflict()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        var old = await api.PostAsync(path, """{"metadata":{"name":"c"}}""");
        await api.PatchAsync(path + "/c", """{"data":{"a":"1"}}""");

        var refused = await api.SendAsync("PUT", path + "/c", old.Text);

        Assert.Equal((409, "Conflict"), (refused.Status, refused.Reason));
        Assert.Equal("Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply your changes to the latest version and try again", refused.Message);
    }

    [Fact]
    public async Task Names_are_generated_and_taken_names_are_refused()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";

        var generated = await api.PostAsync(path, """{"metadata":{"generateName":"c-"}}""");
        await api.PostAsync(path, """{"metadata":{"name":"c"}}""");
        var taken = await api.PostAsync(path, """{"metadata":{"name":"c"}}""");

        Assert.Matches("^c-[a-z0-9]{5}$", generated.Body["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal((409, "AlreadyExists", "configmaps \"c\" already exists"),
            (taken.Status, taken.Reason, taken.Message));
    }

    [Fact]
    public async Task Services_get_addresses_and_ports_of_their_own()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/services";

        var plain = await api.PostAsync(path, """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""");
        var balanced = await api.PostAsync(path, """{"metadata":{"name":"b"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""");
        var headless = await api.PostAsync(path, """{"metadata":{"name":"c"},"spec":{"clusterIP":"None","ports":[{"port":80}]}}""");
        var taken = await api.PostAsync(path,
            "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"clusterIP\":\"" + plain.Body["spec"]!["clusterIP"] + "\",\"ports\":[{\"port\":80}]}}");

        Assert.StartsWith("10.100.", plain.Body["spec"]!["clusterIP"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEqual(plain.Body["spec"]!["clusterIP"]!.GetValue<string>(),
            balanced.Body["spec"]!["clusterIP"]!.GetValue<string>());
        Assert.InRange(balanced.Body["spec"]!["ports"]![0]!["nodePort"]!.GetValue<int>(), 30000, 32767);
        Assert.Equal("None", headless.Body["spec"]!["clusterIP"]!.GetValue<string>());
        Assert.Contains("provided IP is already allocated", taken.Message, StringComparison.Ordinal);
    }
}
