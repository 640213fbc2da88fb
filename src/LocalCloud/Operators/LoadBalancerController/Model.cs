using k8s.Models;
using ElbAction = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>What a group of Ingresses has to have in AWS.</summary>
internal sealed record LoadBalancerModel
{
    /// <summary>The group.</summary>
    public required GroupId Group { get; init; }

    /// <summary>The load balancer's name.</summary>
    public required string Name { get; init; }

    /// <summary>internal or internet-facing.</summary>
    public required string Scheme { get; init; }

    /// <summary>The subnets it stands in.</summary>
    public required IReadOnlyList<string> Subnets { get; init; }

    /// <summary>The security groups that the Ingresses name; null: one is made.</summary>
    public IReadOnlyList<string>? SecurityGroups { get; init; }

    /// <summary>Who may connect, for the security group that is made.</summary>
    public required IReadOnlyList<string> InboundCidrs { get; init; }

    /// <summary>Its listeners.</summary>
    public required IReadOnlyList<ListenerModel> Listeners { get; init; }

    /// <summary>Its target groups by name.</summary>
    public required IReadOnlyDictionary<string, TargetGroupModel> TargetGroups { get; init; }

    /// <summary>Attributes of the load balancer.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>Tags of everything, beside the controller's own.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }
}

/// <summary>A listener.</summary>
internal sealed record ListenerModel(
    int Port, string Protocol, IReadOnlyList<string> Certificates, ActionModel Default, IReadOnlyList<RuleModel> Rules);

/// <summary>A rule; its place in the list is its priority.</summary>
internal sealed record RuleModel(string? Host, IReadOnlyList<string> Paths, ActionModel Action);

/// <summary>What is done: the request goes to a target group of the model, or an action that AWS does by itself.</summary>
internal sealed record ActionModel(string? TargetGroup, ElbAction? Own)
{
    /// <summary>Answers by itself.</summary>
    public static ActionModel Fixed(string status, string contentType = "text/plain", string? body = null) =>
        new(null, new ElbAction { Type = "fixed-response", FixedResponseConfig = new(status, contentType, body) });
}

/// <summary>A target group and the Service whose pods are in it.</summary>
internal sealed record TargetGroupModel(string Name, string Namespace, string Ingress, string Service, IntOrString Port, int TargetPort)
{
    /// <summary>What health checks ask for.</summary>
    public string HealthCheckPath { get; init; } = "/";

    /// <summary>The statuses that are healthy.</summary>
    public string SuccessCodes { get; init; } = "200";

    /// <summary>The tag that names it within its group.</summary>
    public string ResourceId => $"{Namespace}/{Ingress}-{Service}:{Port.Value}";
}
