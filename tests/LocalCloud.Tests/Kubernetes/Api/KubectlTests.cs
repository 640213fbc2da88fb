namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class KubectlTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "nginx:1", ports: [{containerPort: 80}]}
        """;

    [Fact]
    public async Task Kubectl_applies_changes_and_removes_a_field_that_its_manifest_no_longer_has()
    {
        var ns = await api.NamespaceAsync();
        const string First = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","b":"2"}}""";
        const string Second = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","c":"3"}}""";

        Assert.Contains("created", (await api.KubectlAsync($"apply -n {ns} -f -", First)).StandardOutput,
            StringComparison.Ordinal);
        Assert.Contains("unchanged", (await api.KubectlAsync($"apply -n {ns} -f -", First)).StandardOutput,
            StringComparison.Ordinal);
        Assert.Contains("configured", (await api.KubectlAsync($"apply -n {ns} -f -", Second)).StandardOutput,
            StringComparison.Ordinal);

        var data = await api.KubectlAsync($"get cm c -n {ns} -o jsonpath={{.data}}");
        Assert.Equal("""{"a":"1","c":"3"}""", data.StandardOutput);
    }

    [Fact]
    public async Task A_change_of_one_container_leaves_the_other_containers_alone()
    {
        var ns = await api.NamespaceAsync();
        await api.KubectlAsync($"apply -n {ns} -f -", Deployment + "\n      - {name: side, image: \"side:1\"}");

        var changed = await api.KubectlAsync($"set image deploy/web web=nginx:2 -n {ns}");
        var images = await api.KubectlAsync(
            $"get deploy web -n {ns} -o jsonpath={{.spec.template.spec.containers[*].image}}");

        Assert.Equal("", changed.StandardError);
        Assert.Equal("nginx:2 side:1", images.StandardOutput);
    }

    [Fact]
    public async Task Kubectl_get_prints_the_columns_that_people_know()
    {
        var ns = await api.NamespaceAsync();
        await api.KubectlAsync($"apply -n {ns} -f -", Deployment);

        var table = await api.KubectlAsync($"get deploy -n {ns} -o wide");

        Assert.Matches(@"NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR", table.StandardOutput);
        Assert.Matches(@"web +0/1 +0 +0 +\d+s +web +nginx:1 +app=web", table.StandardOutput);
    }

    [Theory]
    [InlineData("create deployment d --image=nginx --replicas=2", "deployment.apps/d created")]
    [InlineData("create job j --image=busybox -- sh -c true", "job.batch/j created")]
    [InlineData("create cronjob cj --image=busybox --schedule=*/5_*_*_*_*", "cronjob.batch/cj created")]
    [InlineData("create service clusterip s --tcp=80:8080", "service/s created")]
    [InlineData("create secret generic k --from-literal=a=b", "secret/k created")]
    [InlineData("create configmap m --from-literal=a=b", "configmap/m created")]
    [InlineData("create ingress i --class=alb --rule=a.example.com/*=s:80", "ingress.networking.k8s.io/i created")]
    [InlineData("create role r --verb=get,list --resource=pods", "role.rbac.authorization.k8s.io/r created")]
    [InlineData("create rolebinding rb --role=r --serviceaccount=default:default",
        "rolebinding.rbac.authorization.k8s.io/rb created")]
    [InlineData("create poddisruptionbudget p --selector=a=b --min-available=1",
        "poddisruptionbudget.policy/p created")]
    [InlineData("create quota q --hard=pods=3", "resourcequota/q created")]
    [InlineData("run pod --image=nginx", "pod/pod created")]
    public async Task Kubectl_creates_what_it_sends_as_protobuf(string arguments, string expected)
    {
        var ns = await api.NamespaceAsync();
        var (command, rest) =
            (arguments.Split(" -- ")[0].Replace('_', ' '), arguments.Split(" -- ").ElementAtOrDefault(1));
        command = command.Contains("--schedule=", StringComparison.Ordinal)
            ? command.Replace("--schedule=", "--schedule=\"", StringComparison.Ordinal) + "\"" : command;

        var result = await api.KubectlAsync($"{command} -n {ns}{(rest is null ? "" : " -- " + rest)}");

        Assert.Equal("", result.StandardError);
        Assert.Equal(expected, result.StandardOutput.Trim());
    }

    [Fact]
    public async Task Kubectl_explains_fields_of_built_in_types()
    {
        var explained = await api.KubectlAsync("explain deployment.spec.template.spec.containers");

        Assert.Contains("FIELD: containers <[]Container>", explained.StandardOutput, StringComparison.Ordinal);
        Assert.Matches(@"name\s+<string> -required-", explained.StandardOutput);
    }

    [Fact]
    public async Task Kubectl_scales_and_waits_and_labels()
    {
        var ns = await api.NamespaceAsync();
        await api.KubectlAsync($"apply -n {ns} -f -", Deployment);

        var scaled = await api.KubectlAsync($"scale deploy web --replicas=4 -n {ns}");
        var waited = await api.KubectlAsync(
            $"wait --for=jsonpath={{.spec.replicas}}=4 deploy/web -n {ns} --timeout=20s");
        var labelled = await api.KubectlAsync($"label deploy web tier=front -n {ns}");

        Assert.Equal("deployment.apps/web scaled", scaled.StandardOutput.Trim());
        Assert.Equal("deployment.apps/web condition met", waited.StandardOutput.Trim());
        Assert.Equal("deployment.apps/web labeled", labelled.StandardOutput.Trim());
    }

    [Fact]
    public async Task Kubectl_shows_the_server_s_own_words_for_what_is_wrong()
    {
        var ns = await api.NamespaceAsync();
        await api.KubectlAsync($"apply -n {ns} -f -", Deployment);

        var immutable = await api.KubectlAsync(
            $"patch deploy web -n {ns} -p {{\\\"spec\\\":{{\\\"selector\\\":{{\\\"matchLabels\\\":{{\\\"app\\\":\\\"x\\\"}}}}}}}}");
        var unknown = await api.KubectlAsync($"create -n {ns} -f -", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"dataa":{}}""");

        Assert.Contains("spec.selector: Invalid value", immutable.StandardError, StringComparison.Ordinal);
        Assert.Contains("field is immutable", immutable.StandardError, StringComparison.Ordinal);
        Assert.Contains("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dataa\"", unknown.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_deletes_in_the_foreground_and_waits_for_it()
    {
        var ns = await api.NamespaceAsync();
        await api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""");

        var deleted = await api.KubectlAsync($"delete cm c -n {ns} --timeout=20s");

        Assert.StartsWith("configmap \"c\" deleted", deleted.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(404, (await api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/c")).Status);
    }

    [Fact]
    public async Task Kubectl_asks_who_it_is_and_what_it_may_do()
    {
        var me = await api.KubectlAsync("auth whoami -o jsonpath={.status.userInfo.groups[0]}");
        var may = await api.KubectlAsync("auth can-i delete nodes");
        var mayNot = await api.KubectlAsync("auth can-i delete nodes --as=bob");

        Assert.Equal("system:masters", me.StandardOutput);
        Assert.Equal("yes", may.StandardOutput.Trim());
        Assert.Equal("no", mayNot.StandardOutput.Trim());
    }
}
