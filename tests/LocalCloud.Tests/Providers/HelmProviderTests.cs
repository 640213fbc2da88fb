using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.TerraformProviders.Kubernetes.Access;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>The stand-in for hashicorp/helm, through the real terraform and both majors of the real helm.</summary>
public sealed class HelmProviderTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private string Provider => $"provider \"helm\" {{\n  kubernetes = {{\n{cluster.Arguments}\n  }}\n}}\n";

    [Theory]
    [InlineData("3")]
    [InlineData("4")]
    public async Task A_release_is_installed_kept_upgraded_and_uninstalled(string major)
    {
        var ns = $"release-{major}";
        using var root = Root(Release(ns, "one"), major);
        await root.InitAsync();

        await root.ApplyAsync();

        var state = await root.StateAsync("helm_release.a");
        Assert.Equal("deployed", state.GetProperty("status").GetString());
        Assert.Equal("0.1.0", state.GetProperty("version").GetString());
        Assert.Equal(1, state.GetProperty("metadata").GetProperty("revision").GetInt64());
        Assert.DoesNotContain("hunter2", state.GetProperty("metadata").GetProperty("values").GetString(), StringComparison.Ordinal);
        Assert.Equal("one hunter2 7", await MessageAsync(ns));
        Assert.False(await root.HasChangesAsync());

        root.Write("main.tf", Provider + Release(ns, "two"));
        Assert.Equal("update", (await root.PlanAsync())["helm_release.a"].GetProperty("actions")[0].GetString());
        await root.ApplyAsync();
        Assert.Equal("two hunter2 7", await MessageAsync(ns));
        Assert.Equal(2, (await root.StateAsync("helm_release.a")).GetProperty("metadata").GetProperty("revision").GetInt64());

        await root.MustAsync("destroy", "-no-color", "-auto-approve");
        Assert.Null(await MessageAsync(ns));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("4")]
    public async Task Helm_asks_the_exec_plugin_itself_whenever_its_login_ran_out(string major)
    {
        using var program = new ExecProgram(cluster);
        program.Print(cluster.Server.Admin.Token!, until: DateTimeOffset.UtcNow.AddHours(-1));
        var ns = $"exec-{major}";
        using var root = new TerraformRoot($"provider \"helm\" {{\n  kubernetes = {{\n{program.Object}\n  }}\n}}\n" + Release(ns, "one"));
        root.Set("MAYFLY_HELM", TerraformRoot.Helm(major));
        Chart(root);
        await root.InitAsync();

        await root.ApplyAsync();

        Assert.Equal("one hunter2 7", await MessageAsync(ns));
        Assert.True(program.Calls > 5, $"{program.Calls} calls");
    }

    [Fact]
    public async Task A_name_in_use_is_refused_and_the_release_can_be_imported()
    {
        using var root = Root(Release("used", "one"));
        await root.InitAsync();
        await root.ApplyAsync();
        File.Delete(Path.Combine(root.Folder, "terraform.tfstate"));

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");
        Assert.Contains("cannot re-use a name that is still in use", refused.Errors.Replace("reuse", "re-use", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Error: installation failed", refused.Errors, StringComparison.Ordinal);

        root.Write("import.tf", "import {\n  to = helm_release.a\n  id = \"used/web\"\n}\n");
        Assert.Contains("1 imported", await root.ApplyAsync(), StringComparison.Ordinal);
        Assert.False(await root.HasChangesAsync());
    }

    [Fact]
    public async Task Values_that_somebody_changed_and_a_release_that_is_gone_are_put_right()
    {
        using var root = Root(Release("drifted", "one"));
        await root.InitAsync();
        await root.ApplyAsync();

        await HelmAsync(root, "upgrade", "web", Path.Combine(root.Folder, "chart"), "--namespace", "drifted", "--reuse-values", "--set", "message=theirs");
        Assert.Equal("theirs hunter2 7", await MessageAsync("drifted"));
        await root.ApplyAsync();
        Assert.Equal("one hunter2 7", await MessageAsync("drifted"));

        await HelmAsync(root, "uninstall", "web", "--namespace", "drifted");
        Assert.Equal("create", (await root.PlanAsync())["helm_release.a"].GetProperty("actions")[0].GetString());
    }

    [Fact]
    public async Task A_chart_that_does_not_render_leaves_nothing_and_says_why()
    {
        using var root = Root(Release("broken", "one"));
        root.Write("chart/templates/broken.yaml", "{{ fail \"this chart cannot be\" }}\n");
        await root.InitAsync();

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");

        Assert.Contains("this chart cannot be", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await root.MustAsync("state", "list")).Trim());
    }

    [Fact]
    public async Task An_interrupted_installation_is_in_the_state_and_the_next_run_repairs_it()
    {
        using var root = Root(Release("interrupted", "one"));
        var never = root.Write(
            "chart/templates/never.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: never
            spec:
              selector:
                matchLabels: { app: never }
              template:
                metadata:
                  labels: { app: never }
                spec:
                  containers: [{ name: never, image: "never:1" }]
            """);
        await root.InitAsync();

        await root.InterruptAsync(
            async () => await MessageAsync("interrupted") is not null, "apply", "-no-color", "-auto-approve", "-input=false");

        Assert.Contains("helm_release.a", await root.MustAsync("state", "list"), StringComparison.Ordinal);
        File.Delete(never);
        await root.ApplyAsync();
        Assert.Equal("deployed", (await root.StateAsync("helm_release.a")).GetProperty("status").GetString());
        Assert.False(await root.HasChangesAsync());
    }

    [Fact]
    public async Task A_provider_without_configuration_finds_no_cluster()
    {
        using var root = new TerraformRoot("provider \"helm\" {\n}\n" + Release("nowhere", "one"));
        Chart(root);
        await root.InitAsync();

        var refused = await root.RunAsync("apply", "-no-color", "-auto-approve");

        Assert.Contains("Kubernetes cluster unreachable", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("connection refused", refused.Errors, StringComparison.Ordinal);
    }

    private static string Release(string ns, string message) =>
        $$"""
        resource "helm_release" "a" {
          name             = "web"
          namespace        = "{{ns}}"
          create_namespace = true
          chart            = "${path.module}/chart"
          timeout          = 60
          values           = [yamlencode({ message = "{{message}}", other = { list = [1, true, "x"] } })]
          set = [{
            name  = "number"
            value = "7"
          }]
          set_sensitive = [{
            name  = "password"
            value = "hunter2"
          }]
        }

        """;

    private static void Chart(TerraformRoot root)
    {
        root.Write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: \"1.2\"\n");
        root.Write("chart/values.yaml", "message: none\npassword: none\nnumber: 0\n");
        root.Write(
            "chart/templates/message.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: message
            data:
              text: "{{ .Values.message }} {{ .Values.password }} {{ .Values.number | int }}"
            """);
    }

    private TerraformRoot Root(string release, string major = "3")
    {
        var root = new TerraformRoot(Provider + release);
        root.Set("MAYFLY_HELM", TerraformRoot.Helm(major));
        Chart(root);
        return root;
    }

    private async Task HelmAsync(TerraformRoot root, params string[] arguments)
    {
        var server = cluster.Server;
        var kubeconfig = root.Write("kubeconfig", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["current-context"] = "x",
            ["clusters"] = new object[]
            {
                new { name = "x", cluster = new Dictionary<string, string>
                {
                    ["server"] = server.Endpoint.ToString(),
                    ["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(server.AuthorityPem)),
                } },
            },
            ["users"] = new object[] { new { name = "x", user = new { token = server.Admin.Token } } },
            ["contexts"] = new object[] { new { name = "x", context = new { cluster = "x", user = "x" } } },
        }));
        var result = await Cli.Wrap(TerraformRoot.Helm("3")).WithArguments([.. arguments, "--kubeconfig", kubeconfig])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.StandardError);
    }

    private async Task<string?> MessageAsync(string ns)
    {
        using var api = new KubernetesApi(new ClusterAccess
        {
            Server = cluster.Server.Endpoint,
            Token = cluster.Server.Admin.Token,
            AuthorityPem = cluster.Server.AuthorityPem,
        });
        var live = await api.GetAsync($"/api/v1/namespaces/{ns}/configmaps/message", TestContext.Current.CancellationToken);
        return live?["data"]?["text"]?.GetValue<string>();
    }
}
