using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class HelmTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Helm_installs_upgrades_rolls_back_and_uninstalls(int major)
    {
        var (helm, ns, chart) = (ApiFixture.Helm(major), $"helm-{major}", await ChartAsync());

        await SucceedsAsync(helm, $"upgrade --install web {chart} -n {ns} --create-namespace");
        Assert.Equal("one", await TextAsync(ns));
        await SucceedsAsync(helm, $"upgrade --install web {chart} -n {ns} --set text=two --set extra=false");
        Assert.Equal("two", await TextAsync(ns));
        Assert.Equal(404, (await api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/web-extra")).Status);
        await SucceedsAsync(helm, $"rollback web 1 -n {ns}");
        Assert.Equal("one", await TextAsync(ns));

        var history = await SucceedsAsync(helm, $"history web -n {ns} -o json");
        Assert.Equal(["superseded", "superseded", "deployed"],
            JsonNode.Parse(history)!.AsArray().Select(entry => entry!["status"]!.GetValue<string>()));

        await SucceedsAsync(helm, $"uninstall web -n {ns}");
        foreach (var path in new[] { "configmaps", "secrets", "services" })
        {
            Assert.Empty((await api.GetAsync($"/api/v1/namespaces/{ns}/{path}")).Body["items"]!.AsArray());
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Helm_waits_until_objects_that_need_no_controller_are_there(int major)
    {
        var (helm, chart) = (ApiFixture.Helm(major), await ChartAsync());

        await SucceedsAsync(helm,
            $"upgrade --install web {chart} -n wait-{major} --create-namespace --set deployment=false --wait --timeout 60s");
        await SucceedsAsync(helm, $"uninstall web -n wait-{major} --wait --timeout 60s");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Helm_installs_a_definition_and_an_object_of_it(int major)
    {
        var (helm, ns, chart) = (ApiFixture.Helm(major), $"crd-{major}", await ChartAsync());
        var definition = $"gadgets{major}.test.example.com";
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(chart, "crds")).FullName,
            "crd.yaml"), Samples.Definition($"Gadget{major}", $"gadgets{major}"),
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(chart, "templates", "gadget.yaml"),
            $"apiVersion: test.example.com/v1\nkind: Gadget{major}\nmetadata: {{name: one}}\nspec: {{size: {{{{ .Values.size | default \"small\" }}}}}}\n", TestContext.Current.CancellationToken);

        await SucceedsAsync(helm, $"upgrade --install web {chart} -n {ns} --create-namespace --set deployment=false");
        await SucceedsAsync(helm, $"upgrade --install web {chart} -n {ns} --set deployment=false --set size=large");

        Assert.Equal(200, (await api.GetAsync(
            $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{definition}")).Status);
        var gadget = await api.GetAsync($"/apis/test.example.com/v1/namespaces/{ns}/gadgets{major}/one");
        Assert.Equal("large", gadget.Body["spec"]!["size"]!.GetValue<string>());
    }

    [Fact]
    public async Task Helm_4_reports_a_field_that_another_client_changed()
    {
        var (helm, chart) = (ApiFixture.Helm(4), await ChartAsync());
        await SucceedsAsync(helm, $"upgrade --install web {chart} -n conflict --create-namespace");
        await api.PatchAsync("/api/v1/namespaces/conflict/configmaps/web-cfg?fieldManager=someone", """{"data":{"text":"mine"}}""");

        var refused = await api.RunAsync(helm, $"upgrade web {chart} -n conflict --set text=other");
        await SucceedsAsync(helm, $"upgrade web {chart} -n conflict --set text=other --force-conflicts");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("conflict with \"someone\" using v1: .data.text", refused.StandardError,
            StringComparison.Ordinal);
        Assert.Equal("other", await TextAsync("conflict"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_user_without_rights_is_told_so_by_helm(int major)
    {
        var result = await api.RunAsync(ApiFixture.Helm(major), "list -n default --kube-as-user nobody");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("secrets is forbidden: User \"nobody\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"", result.StandardError, StringComparison.Ordinal);
    }

    private async Task<string> SucceedsAsync(string helm, string arguments)
    {
        var result = await api.RunAsync(helm, arguments);
        Assert.True(result.ExitCode == 0, result.StandardError);
        return result.StandardOutput;
    }

    private async Task<string?> TextAsync(string ns) =>
        (await api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/web-cfg")).Body["data"]?["text"]?.GetValue<string>();

    private async Task<string> ChartAsync()
    {
        var chart = Path.Combine(Path.GetDirectoryName(api.Kubeconfig)!, "chart-" + Guid.NewGuid().ToString("n")[..8]);
        Directory.CreateDirectory(Path.Combine(chart, "templates"));
        await File.WriteAllTextAsync(Path.Combine(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        await File.WriteAllTextAsync(Path.Combine(chart, "values.yaml"), "text: one\nextra: true\ndeployment: true\n");
        await File.WriteAllTextAsync(Path.Combine(chart, "templates", "all.yaml"), Samples.Templates);
        return chart;
    }
}
