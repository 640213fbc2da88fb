using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Which Ingresses are the controller's, and in which group.</summary>
internal sealed class IngressClasses(Informer<V1IngressClass> classes, Informer<IngressClassParams> parameters, string className)
{
    /// <summary>The controller that an IngressClass names to be this one's.</summary>
    public const string ControllerName = "ingress.k8s.aws/alb";

    private const string ClassAnnotation = "kubernetes.io/ingress.class";
    private const string DefaultAnnotation = "ingressclass.kubernetes.io/is-default-class";

    /// <summary>Whether an Ingress is this controller's.</summary>
    public bool IsOurs(V1Ingress ingress)
    {
        if (ingress.Metadata.Annotations is { } annotations && annotations.TryGetValue(ClassAnnotation, out var annotated))
        {
            return annotated == className;
        }

        return ClassOf(ingress)?.Spec.Controller == ControllerName;
    }

    /// <summary>What its class says of an Ingress.</summary>
    public IngressClassParamsSpec? ParametersOf(V1Ingress ingress) =>
        ClassOf(ingress)?.Spec.Parameters is { Kind: "IngressClassParams", Name: { } name } ? parameters.Store.Find(name)?.Spec : null;

    /// <summary>The group an Ingress is in.</summary>
    public GroupId GroupOf(V1Ingress ingress) =>
        (ParametersOf(ingress)?.Group?.Name ?? new Annotations(ingress).Find("group.name")) is { Length: > 0 } name
            ? new GroupId("", name)
            : new GroupId(ingress.Metadata.NamespaceProperty, ingress.Metadata.Name);

    private V1IngressClass? ClassOf(V1Ingress ingress) => ingress.Spec.IngressClassName is { } name
        ? classes.Store.Find(name)
        : classes.Store.List().Find(candidate =>
            candidate.Metadata.Annotations is { } annotations && annotations.TryGetValue(DefaultAnnotation, out var isDefault) && isDefault == "true");
}
