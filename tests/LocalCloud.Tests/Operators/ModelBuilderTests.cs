using k8s.Models;
using Mayfly.Aws;
using Mayfly.LocalCloud.Operators.LoadBalancerController;

namespace Mayfly.LocalCloud.Tests.Operators;

/// <summary>What the controller makes of Ingresses that name their subnets and certificates, so that AWS need not be asked.</summary>
public sealed class ModelBuilderTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exact_paths_come_first_then_the_longest_prefixes()
    {
        var ingress = Ingress("web", ("/", "Prefix"), ("/api", "Prefix"), ("/api/v1/users", "Prefix"), ("/login", "Exact"), ("/raw*", "ImplementationSpecific"));

        var model = await BuildAsync(ingress);

        var listener = Assert.Single(model.Listeners);
        Assert.Equal(443, listener.Port);
        Assert.Equal(
            ["/login", "/api/v1/users /api/v1/users/*", "/api /api/*", "/*", "/raw*"],
            listener.Rules.Select(rule => string.Join(' ', rule.Paths)));
        Assert.Single(model.TargetGroups);
    }

    [Fact]
    public async Task Ingresses_of_one_group_share_a_load_balancer_in_their_order()
    {
        var first = Ingress("late", ("/", "Prefix"));
        var second = Ingress("early", ("/", "Prefix"));

        var model = await BuildAsync(new GroupId("", "shared"), second, first);

        Assert.StartsWith("k8s-shared-", model.Name, StringComparison.Ordinal);
        Assert.Equal(["early.test", "late.test"], model.Listeners[0].Rules.Select(rule => rule.Host));
        Assert.Equal(2, model.TargetGroups.Count);
    }

    [Fact]
    public async Task Conflicts_within_a_group_are_named()
    {
        var outside = Ingress("outside", ("/", "Prefix"));
        var inside = Ingress("inside", ("/", "Prefix"));
        inside.Metadata.Annotations["alb.ingress.kubernetes.io/scheme"] = "internal";

        var failure = await Assert.ThrowsAsync<BuildException>(() => BuildAsync(new GroupId("", "shared"), outside, inside));

        Assert.Equal("conflicting scheme: [internet-facing internal]", failure.Message);
    }

    [Fact]
    public async Task A_redirect_to_a_port_that_nobody_listens_on_is_refused()
    {
        var ingress = Ingress("web", ("/", "Prefix"));
        ingress.Metadata.Annotations["alb.ingress.kubernetes.io/ssl-redirect"] = "8443";

        var failure = await Assert.ThrowsAsync<BuildException>(() => BuildAsync(ingress));

        Assert.Equal("listener does not exist for SSLRedirect port: 8443", failure.Message);
    }

    [Fact]
    public async Task A_missing_service_is_answered_for_and_does_not_stop_the_rest()
    {
        var ingress = Ingress("nowhere", ("/", "Prefix"));

        var action = (await BuildAsync(ingress)).Listeners[0].Rules[0].Action.Own;

        Assert.Equal("503", action!.FixedResponseConfig!.StatusCode);
    }

    [Fact]
    public async Task Targets_by_instance_need_a_service_with_node_ports()
    {
        var ingress = Ingress("web", ("/", "Prefix"));
        ingress.Metadata.Annotations.Remove("alb.ingress.kubernetes.io/target-type");

        var failure = await Assert.ThrowsAsync<BuildException>(() => BuildAsync(ingress));

        Assert.Contains("your service must be of type 'NodePort' or 'LoadBalancer'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_may_stand_in_an_annotation()
    {
        var ingress = Ingress("web", ("/", "Prefix"));
        ingress.Metadata.Annotations["alb.ingress.kubernetes.io/actions.closed"] =
            """{"type":"fixed-response","fixedResponseConfig":{"contentType":"text/plain","statusCode":"410","messageBody":"gone"}}""";
        ingress.Spec.Rules[0].Http.Paths[0].Backend.Service = new V1IngressServiceBackend
        {
            Name = "closed",
            Port = new V1ServiceBackendPort { Name = "use-annotation" },
        };

        var action = (await BuildAsync(ingress)).Listeners[0].Rules[0].Action.Own;

        Assert.Equal("gone", action!.FixedResponseConfig!.MessageBody);
    }

    private Task<LoadBalancerModel> BuildAsync(V1Ingress ingress) => BuildAsync(new GroupId("default", ingress.Metadata.Name), ingress);

    private Task<LoadBalancerModel> BuildAsync(GroupId group, params V1Ingress[] members)
    {
        var session = AwsSession.For(new Uri("http://127.0.0.1:9"), "us-east-1", "unused", "unused");
        var builder = new ModelBuilder(
            "pr-42",
            new Discovery(session, "pr-42", "vpc-1"),
            (@namespace, name) => name == "nowhere" ? null : Service(@namespace, name),
            _ => null,
            "instance",
            new Dictionary<string, string>());
        return builder.BuildAsync(group, members, _ct);
    }

    private static V1Service Service(string @namespace, string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = @namespace, Uid = $"uid-{name}" },
        Spec = new V1ServiceSpec { Type = "ClusterIP", Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = 8080 }] },
    };

    private static V1Ingress Ingress(string name, params (string Path, string Type)[] paths) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "default",
            Annotations = new Dictionary<string, string>
            {
                ["alb.ingress.kubernetes.io/scheme"] = "internet-facing",
                ["alb.ingress.kubernetes.io/target-type"] = "ip",
                ["alb.ingress.kubernetes.io/subnets"] = "subnet-1,subnet-2",
                ["alb.ingress.kubernetes.io/certificate-arn"] = "arn:aws:acm:us-east-1:123456789012:certificate/1",
            },
        },
        Spec = new V1IngressSpec
        {
            Rules =
            [
                new V1IngressRule
                {
                    Host = $"{name}.test",
                    Http = new V1HTTPIngressRuleValue
                    {
                        Paths =
                        [
                            .. paths.Select(path => new V1HTTPIngressPath
                            {
                                Path = path.Path,
                                PathType = path.Type,
                                Backend = new V1IngressBackend
                                {
                                    Service = new V1IngressServiceBackend { Name = name, Port = new V1ServiceBackendPort { Number = 80 } },
                                },
                            }),
                        ],
                    },
                },
            ],
        },
    };
}
