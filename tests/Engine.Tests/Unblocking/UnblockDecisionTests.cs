using k8s.Models;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Tests.Unblocking;

public sealed class UnblockDecisionTests
{
    private static readonly Workload Running = new("Deployment", "kube-system", "aws-load-balancer-controller", 1, 1, 1, false, null);

    [Fact]
    public void A_finalizer_comes_off_only_when_its_controller_is_surely_gone()
    {
        const string Ingress = "ingress.k8s.aws/resources";
        Assert.IsType<FinalizerVerdict.TakeOff>(FinalizerVerdict.Of(Ingress, [], clusterGoes: false));
        Assert.IsType<FinalizerVerdict.Wait>(FinalizerVerdict.Of(Ingress, [Running], clusterGoes: false));
        Assert.IsType<FinalizerVerdict.Wait>(FinalizerVerdict.Of(Ingress, [Running with { Ready = 0 }], clusterGoes: false));
        Assert.IsType<FinalizerVerdict.Repair>(FinalizerVerdict.Of(Ingress, [Running with { Desired = 0, Ready = 0 }], clusterGoes: false));
        Assert.IsType<FinalizerVerdict.TakeOff>(FinalizerVerdict.Of(Ingress, [Running with { Ready = 0 }], clusterGoes: true));
        Assert.IsType<FinalizerVerdict.Wait>(FinalizerVerdict.Of(Ingress, [Running], clusterGoes: true));
    }

    [Theory]
    [InlineData("kubernetes.io/pvc-protection")]
    [InlineData("kubernetes.io/pv-protection")]
    [InlineData("foregroundDeletion")]
    public void What_Kubernetes_itself_takes_off_is_never_taken_off(string finalizer)
    {
        Assert.IsType<FinalizerVerdict.Wait>(FinalizerVerdict.Of(finalizer, [], clusterGoes: false));
        Assert.IsType<FinalizerVerdict.Wait>(FinalizerVerdict.Of(finalizer, [], clusterGoes: true));
    }

    [Theory]
    [InlineData("karpenter.sh/termination")]
    [InlineData("nobody.example.com/knows")]
    public void What_cannot_be_looked_at_is_left_to_a_person(string finalizer) =>
        Assert.IsType<FinalizerVerdict.Unsafe>(FinalizerVerdict.Of(finalizer, [], clusterGoes: false));

    [Fact]
    public void A_webhook_concerns_a_run_only_where_the_run_writes()
    {
        var scope = new WebhookScope(
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["pr-42"] = new Dictionary<string, string> { ["team"] = "shop" },
                ["kube-public"] = new Dictionary<string, string> { ["team"] = "nobody" },
            },
            new HashSet<string> { "external-secrets.io" });

        Assert.True(scope.Concerns(Entry("", "pods", "CREATE", null)));
        Assert.True(scope.Concerns(Entry("external-secrets.io", "externalsecrets", "UPDATE", null)));
        Assert.True(scope.Concerns(Entry("", "pods", "*", new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["team"] = "shop" } })));
        Assert.True(scope.Concerns(Entry("rbac.authorization.k8s.io", "clusterroles", "CREATE", new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["team"] = "other" } })));
        Assert.False(scope.Concerns(Entry("", "pods", "CREATE", new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["team"] = "nobody" } })));
        Assert.False(scope.Concerns(Entry("", "pods", "CONNECT", null)));
        Assert.False(scope.Concerns(Entry("", "pods/exec", "CREATE", null)));
        Assert.False(scope.Concerns(Entry("kafka.example.com", "topics", "CREATE", null)));
    }

    [Theory]
    [InlineData("request.namespace == 'other'", false)]
    [InlineData("request.namespace == 'pr-42'", true)]
    [InlineData("!(request.resource.group == '' && request.resource.resource == 'pods')", false)]
    [InlineData("request.resource.group == 'coordination.k8s.io'", false)]
    [InlineData("request.operation == 'DELETE'", false)]
    [InlineData("request.namespace.startsWith('pr-')", true)]
    [InlineData("request.namespace in ['kube-system', 'other'] && object.metadata.name == 'x'", false)]
    [InlineData("!('system:nodes' in request.userInfo.groups) && request.namespace != 'pr-42'", false)]

    // What hangs on the object, on who asks, or on what no interpreter of ours knows, is not decided, and keeps nobody away.
    [InlineData("object.metadata.labels.team == 'other'", true)]
    [InlineData("request.namespace == 'pr-42' && object.metadata.name == 'x'", true)]
    [InlineData("has(object.metadata.labels)", true)]
    [InlineData("has(request.userInfo)", true)]
    [InlineData("'userInfo' in request", true)]
    [InlineData("!('system:masters' in request.userInfo.groups)", true)]
    [InlineData("authorizer.group('').resource('pods').check('create').allowed()", true)]
    [InlineData("oldObject != null", true)]
    [InlineData("request.namespace.lowerAscii() == 'other'", true)]
    [InlineData("((", true)]
    [InlineData("1", true)]
    public void Conditions_keep_a_webhook_away_only_when_they_are_surely_false(string condition, bool concerns)
    {
        var scope = new WebhookScope(
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["pr-42"] = new Dictionary<string, string>() }, new HashSet<string>());

        Assert.Equal(concerns, scope.Concerns(Entry("", "pods", "CREATE", null) with { Conditions = [condition] }));
        Assert.Equal(concerns, scope.Concerns(Entry("", "pods", "CREATE", null) with { Conditions = ["true", condition] }));
        Assert.False(scope.Concerns(Entry("", "pods", "CREATE", null) with { Conditions = [condition, "false"] }));
    }

    [Fact]
    public void Conditions_are_judged_for_each_write_that_the_rules_name()
    {
        var scope = new WebhookScope(
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["other"] = new Dictionary<string, string>(), ["pr-42"] = new Dictionary<string, string>() },
            new HashSet<string>());

        Assert.True(scope.Concerns(Entry("*", "*", "*", null) with { Conditions = ["request.namespace == 'pr-42' && request.operation == 'DELETE' && request.resource.group == 'apps'"] }));
        Assert.False(scope.Concerns(Entry("*", "deployments", "*", null) with { Conditions = ["!(request.namespace in ['other', 'pr-42'])"] }));
        Assert.False(scope.Concerns(Entry("*", "deployments", "*", null) with { Conditions = ["request.namespace != 'other'", "request.namespace != 'pr-42'"] }));

        // What lies in no namespace says nothing to a condition about one.
        Assert.True(scope.Concerns(Entry("*", "*", "*", null) with { Conditions = ["!(request.namespace in ['other', 'pr-42'])"] }));
        Assert.True(scope.Concerns(Entry("", "*", "CREATE", null) with { Conditions = ["request.resource.resource == 'pods'"] }));
    }

    [Fact]
    public void A_controller_is_dead_only_when_nothing_moves_or_can()
    {
        var service = new ServiceName("kube-system", "webhook");
        var pod = new PodSight("one", "Pending/False/main:waiting", false, false, "ContainerCreating");
        var sight = new ControllerSight(service, true, false, 0, [Running with { Ready = 0 }], [pod], null);
        var patience = TimeSpan.FromMinutes(2);

        Assert.IsType<ControllerStanding.Coming>(sight.Judge(TimeSpan.FromMinutes(1), patience));
        Assert.IsType<ControllerStanding.Dead>(sight.Judge(TimeSpan.FromMinutes(3), patience));
        Assert.IsType<ControllerStanding.Dead>((sight with { Pods = [pod with { IsCrashing = true }] }).Judge(TimeSpan.Zero, patience));
        Assert.IsType<ControllerStanding.Dead>((sight with { Exists = false }).Judge(TimeSpan.Zero, patience));
        Assert.IsType<ControllerStanding.Dead>((sight with { Workloads = [], Pods = [] }).Judge(TimeSpan.Zero, patience));
        Assert.IsType<ControllerStanding.Serving>((sight with { ReadyEndpoints = 1 }).Judge(TimeSpan.FromMinutes(9), patience));
        Assert.IsType<ControllerStanding.Unknowable>((sight with { IsElsewhere = true }).Judge(TimeSpan.FromMinutes(9), patience));
    }

    private static WebhookEntry Entry(string group, string resource, string operation, V1LabelSelector? namespaces) => new(
        0, "hook", "Fail", new ServiceName("kube-system", "webhook"), null, namespaces,
        [new V1RuleWithOperations { ApiGroups = [group], ApiVersions = ["v1"], Operations = [operation], Resources = [resource] }]);
}
