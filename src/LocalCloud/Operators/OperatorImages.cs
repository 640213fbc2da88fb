using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Operators.ExternalDns;
using Mayfly.LocalCloud.Operators.ExternalSecrets;
using Mayfly.LocalCloud.Operators.LoadBalancerController;

namespace Mayfly.LocalCloud.Operators;

/// <summary>How the stand-ins for the operators behave.</summary>
public sealed record OperatorOptions
{
    /// <summary>
    /// How long External Secrets Operator's webhook stays without a trusted certificate after its cert-controller started. In a fresh
    /// cluster it is some seconds, in which every ExternalSecret is refused.
    /// </summary>
    public TimeSpan WebhookCertificateDelay { get; init; } = TimeSpan.Zero;
}

/// <summary>The images of the operators that the stand-in charts install.</summary>
public static class OperatorImages
{
    /// <summary>The repositories of the images, without registry.</summary>
    public static readonly IReadOnlyList<string> Repositories =
        ["external-secrets/external-secrets", "eks/aws-load-balancer-controller", "external-dns/external-dns"];

    /// <summary>Adds the operators' images to what can be pulled and run.</summary>
    public static ImageCatalog AddTo(ImageCatalog catalog, OperatorOptions? options = null)
    {
        options ??= new OperatorOptions();
        return catalog
            .Add(Repositories[0], new ExternalSecretsImage(options))
            .Add(Repositories[1], new LoadBalancerControllerImage())
            .Add(Repositories[2], new ExternalDnsImage());
    }
}
