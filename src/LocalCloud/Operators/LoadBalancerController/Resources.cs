using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>What an IngressClass says of its Ingresses.</summary>
[KubernetesEntity(Group = "elbv2.k8s.aws", ApiVersion = "v1beta1", Kind = "IngressClassParams", PluralName = "ingressclassparams")]
public sealed record IngressClassParams : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What it says.</summary>
    public IngressClassParamsSpec? Spec { get; set; }
}

/// <summary>What an IngressClass says.</summary>
public sealed record IngressClassParamsSpec
{
    /// <summary>internal or internet-facing.</summary>
    public string? Scheme { get; set; }

    /// <summary>The load balancer's name.</summary>
    public string? LoadBalancerName { get; set; }

    /// <summary>The group all its Ingresses are in.</summary>
    public IngressGroupName? Group { get; set; }

    /// <summary>The certificates of HTTPS listeners.</summary>
    public List<string>? CertificateArn { get; set; }
}

/// <summary>Names a group.</summary>
public sealed record IngressGroupName
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }
}

/// <summary>Ties a target group in AWS to the pods of a Service.</summary>
[KubernetesEntity(Group = "elbv2.k8s.aws", ApiVersion = "v1beta1", Kind = "TargetGroupBinding", PluralName = "targetgroupbindings")]
public sealed record TargetGroupBinding : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Keeps a binding until its targets are taken out.</summary>
    public const string Finalizer = "elbv2.k8s.aws/resources";

    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What it ties.</summary>
    public TargetGroupBindingSpec Spec { get; set; } = new();
}

/// <summary>What a binding ties.</summary>
public sealed record TargetGroupBindingSpec
{
    /// <summary>The target group.</summary>
    public string? TargetGroupARN { get; set; }

    /// <summary>ip or instance.</summary>
    public string? TargetType { get; set; }

    /// <summary>The VPC.</summary>
    public string? VpcID { get; set; }

    /// <summary>The Service and its port.</summary>
    public BoundService? ServiceRef { get; set; }
}

/// <summary>A Service's port.</summary>
public sealed record BoundService
{
    /// <summary>The Service.</summary>
    public string? Name { get; set; }

    /// <summary>Number or name of the port.</summary>
    public IntOrString? Port { get; set; }
}
