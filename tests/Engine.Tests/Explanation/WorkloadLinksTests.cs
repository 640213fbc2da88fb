using k8s.Models;
using Mayfly.Engine.Explanation;
using Xunit;

namespace Mayfly.Engine.Tests.Explanation;

public sealed class WorkloadLinksTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web" };

    [Fact]
    public void A_deployment_scaled_to_0_is_named_as_such()
    {
        var links = Explain(0, []);
        Assert.Equal(LinkState.Broken, Of(links, "pods").State);
        Assert.Contains("scaled to 0", Of(links, "pods").Summary, StringComparison.Ordinal);
        Assert.Equal(LinkState.Broken, Of(links, "endpoints").State);
        Assert.Equal(LinkState.Unknown, Of(links, "container").State);
    }

    [Theory]
    [InlineData("ImagePullBackOff", "image")]
    [InlineData("ErrImagePull", "image")]
    [InlineData("CrashLoopBackOff", "container")]
    [InlineData("CreateContainerConfigError", "container")]
    public void A_container_that_waits_breaks_the_link_that_its_reason_is_about(string reason, string broken)
    {
        var links = Explain(1, [Pod(new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = "why" } }, ready: false)]);
        foreach (var name in (string[])["container", "image"])
        {
            Assert.Equal(name == broken, Of(links, name).State == LinkState.Broken);
        }

        Assert.Equal(["web | boom"], Of(links, "log").Evidence);
        Assert.Contains(Of(links, broken).Evidence, line => line.Contains("Failed: no such thing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_container_that_is_being_made_is_not_in_trouble_and_not_known_to_be_fine()
    {
        var links = Explain(1, [Pod(new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "ContainerCreating" } }, ready: false)]);
        Assert.Equal(LinkState.Unknown, Of(links, "container").State);
    }

    [Fact]
    public void Running_and_ready_is_fine_and_running_without_being_ready_is_not()
    {
        var running = new V1ContainerState { Running = new V1ContainerStateRunning() };
        Assert.Equal(LinkState.Fine, Of(Explain(1, [Pod(running, ready: true)]), "container").State);
        Assert.Equal(LinkState.Broken, Of(Explain(1, [Pod(running, ready: false)]), "container").State);
    }

    [Fact]
    public void A_service_that_is_gone_ends_the_walk() =>
        Assert.Equal([LinkState.Broken], WorkloadLinks.Of("other", Seen(1, []), (_, _) => []).Select(link => link.State));

    [Fact]
    public void The_verdict_is_broken_before_reachable_and_unknown_without_a_page()
    {
        Link good = Link.Fine("name", ""), page = Link.Fine(Chain.Page, ""), bad = Link.Broken("pods", "gone", ["event"], "Scale."), blind = Link.Unknown("rule", "");
        Assert.Equal(ChainVerdict.Reachable, new Chain([good, blind, page], [blind]).Verdict);
        Assert.Equal(ChainVerdict.Broken, new Chain([good, page], [bad]).Verdict);
        Assert.Equal(ChainVerdict.Unknown, new Chain([good, blind, Link.Unknown(Chain.Page, "")], []).Verdict);
        var chain = new Chain([good, Link.Broken("targets", "none", [], "See pods."), bad, Link.Broken(Chain.Page, "503", [], "Look.")], []);
        Assert.Equal("targets", chain.FirstBroken!.Name);
        Assert.Equal(["first broken link: targets: none", "also broken: pods: gone", "event"], chain.Evidence());
        Assert.Equal(["Scale.", "See pods.", "Look."], chain.Next());
    }

    private static IReadOnlyList<Link> Explain(int replicas, V1Pod[] pods) => WorkloadLinks.Of("web", Seen(replicas, pods), (_, _) => ["boom"]);

    private static Workloads Seen(int replicas, V1Pod[] pods) => new(
        [new V1Service { Metadata = Meta("web"), Spec = new V1ServiceSpec { Selector = Labels } }],
        [],
        pods,
        [new V1Deployment { Metadata = Meta("web"), Spec = new V1DeploymentSpec { Replicas = replicas, Template = new V1PodTemplateSpec { Metadata = Meta("") } } }],
        [new Corev1Event { Type = "Warning", Reason = "Failed", Message = "no such thing", InvolvedObject = new V1ObjectReference { Kind = "Pod", Name = "web-1" } }]);

    private static V1Pod Pod(V1ContainerState state, bool ready) => new()
    {
        Metadata = Meta("web-1"),
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "web", Image = "web:1" }] },
        Status = new V1PodStatus { ContainerStatuses = [new V1ContainerStatus { Name = "web", Image = "web:1", Ready = ready, State = state }] },
    };

    private static V1ObjectMeta Meta(string name) => new() { Name = name, NamespaceProperty = "pr-1", Labels = Labels };

    private static Link Of(IReadOnlyList<Link> links, string kind) => links.Single(link => link.Name.StartsWith(kind + " ", StringComparison.Ordinal));
}
