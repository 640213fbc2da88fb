using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Tools;

public sealed class ArgumentTests
{
    [Fact]
    public void Terraform_version() => Assert.Equal(["version", "-json"], Terraform.VersionArguments());

    [Fact]
    public void Terraform_init_with_an_own_backend_and_without_a_lock_file() =>
        Assert.Equal(["init", "-input=false", "-no-color", "-reconfigure"], Terraform.InitArguments(new InitOptions(null, false)));

    [Fact]
    public void Terraform_init_with_the_roots_backend_and_its_lock_file() =>
        Assert.Equal(
            ["init", "-input=false", "-no-color", "-reconfigure", "-backend-config=/w/b.json", "-lockfile=readonly"],
            Terraform.InitArguments(new InitOptions("/w/b.json", true)));

    [Fact]
    public void Terraform_plan_of_a_whole_root_takes_no_lock() =>
        Assert.Equal(
            ["plan", "-input=false", "-no-color", "-json", "-lock=false", "-detailed-exitcode", "-out=/w/p"],
            Terraform.PlanArguments(new PlanOptions("/w/p", [])));

    [Fact]
    public void Terraform_plan_that_destroys_some_targets() =>
        Assert.Equal(
            ["plan", "-input=false", "-no-color", "-json", "-lock=false", "-detailed-exitcode", "-out=/w/p", "-destroy", "-target=module.a", "-target=b.c[\"d\"]"],
            Terraform.PlanArguments(new PlanOptions("/w/p", ["module.a", "b.c[\"d\"]"], Destroy: true)));

    [Fact]
    public void Terraform_apply_of_a_saved_plan() =>
        Assert.Equal(["apply", "-input=false", "-no-color", "-json", "-lock-timeout=30s", "/w/p"], Terraform.ApplyArguments("/w/p"));

    [Fact]
    public void Terraform_forgets_many_addresses_in_one_call() =>
        Assert.Equal(["state", "rm", "-lock-timeout=30s", "a.b", "c.d[0]"], Terraform.StateRemoveArguments(["a.b", "c.d[0]"]));

    [Fact]
    public void Terraform_state_and_output()
    {
        Assert.Equal(["state", "pull"], Terraform.StatePullArguments());
        Assert.Equal(["state", "push", "-lock-timeout=30s", "-"], Terraform.StatePushArguments());
        Assert.Equal(["state", "list"], Terraform.StateListArguments());
        Assert.Equal(["output", "-json", "-no-color"], Terraform.OutputArguments());
        Assert.Equal(["show", "-json", "-no-color", "/w/p"], Terraform.ShowArguments("/w/p"));
    }

    [Fact]
    public void Helm_upgrade_waits_and_labels_what_it_deploys() =>
        Assert.Equal(
            ["upgrade", "pr-42", "/c", "--install", "--wait", "--reset-values", "--create-namespace", "--timeout", "90s", "--values", "/v.yaml",
                "--labels", "mayfly-fingerprint=abc", "--history-max", "10", "--hide-notes"],
            Helm.UpgradeArguments(new UpgradeOptions("pr-42", "/c", "/v.yaml", TimeSpan.FromSeconds(89.5), "abc", Major: 3, CreatesNamespace: true)));

    [Fact]
    public void Helm_4_is_told_that_the_release_owns_its_fields() =>
        Assert.Equal(
            ["upgrade", "pr-42", "/c", "--install", "--wait", "--reset-values", "--server-side=true", "--force-conflicts"],
            Helm.UpgradeArguments(new UpgradeOptions("pr-42", "/c", "/v.yaml", TimeSpan.FromSeconds(90), "abc", Major: 4, CreatesNamespace: false)).Take(8));

    [Fact]
    public void Helm_renders_as_the_cluster_would_get_it() =>
        Assert.Equal(
            ["template", "pr-42", "/c", "--values", "/v.yaml", "--dry-run=server", "--take-ownership", "--kube-version", "v1.33.4", "--api-versions", "apps/v1,batch/v1", "--is-upgrade"],
            Helm.RenderArguments(new RenderOptions("pr-42", "/c", "/v.yaml", "v1.33.4", ["apps/v1", "batch/v1"], IsUpgrade: true)));

    [Fact]
    public void Helm_recovery()
    {
        Assert.Equal(["uninstall", "pr-42", "--ignore-not-found", "--wait", "--timeout", "60s"], Helm.UninstallArguments("pr-42", TimeSpan.FromMinutes(1)));
        Assert.Equal(["version", "--template", "{{.Version}}"], Helm.VersionArguments());
    }

    [Theory]
    [InlineData("1.11.4", "1.10.0", true)]
    [InlineData("1.10.0", "1.10.0", true)]
    [InlineData("1.9.9", "1.10.0", false)]
    [InlineData("v4.1.4", "3.16.0", true)]
    [InlineData("1.12.0-beta1", "1.12.0", true)]
    [InlineData("nonsense", "1.10.0", false)]
    public void Versions_are_compared_by_their_numbers(string version, string minimum, bool good) =>
        Assert.Equal(good, Terraform.IsAtLeast(version, minimum));

    [Fact]
    public void Variables_that_would_change_helms_target_are_taken_away()
    {
        var outer = new ToolEnvironment(new Dictionary<string, string>
        {
            ["KUBECONFIG"] = "/x",
            ["HELM_KUBETOKEN"] = "t",
            ["HELM_NAMESPACE"] = "n",
            ["PATH"] = "/bin",
        });

        Assert.Equal(["HELM_KUBETOKEN", "HELM_NAMESPACE", "KUBECONFIG"], Helm.EnvironmentFor(outer).Keys.Order());
        Assert.All(Helm.EnvironmentFor(outer).Values, Assert.Null);
    }
}
