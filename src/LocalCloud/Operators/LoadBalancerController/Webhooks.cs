using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>The controller's admission webhooks. They stand before every Service, Ingress and binding of the cluster.</summary>
internal sealed class Webhooks(Func<string, bool> knowsClass)
{
    private const string ServiceClass = "service.k8s.aws/nlb";

    /// <summary>The webhooks by their path.</summary>
    public IReadOnlyDictionary<string, AdmissionServer.Decide> ByPath => new Dictionary<string, AdmissionServer.Decide>
    {
        ["/mutate-v1-pod"] = (_, _) => ValueTask.FromResult(Admission.Allowed),
        ["/mutate-v1-service"] = (request, _) => ValueTask.FromResult(ClassService(request)),
        ["/mutate-elbv2-k8s-aws-v1beta1-targetgroupbinding"] = (request, _) => ValueTask.FromResult(TypeBinding(request)),
        ["/validate-elbv2-k8s-aws-v1beta1-targetgroupbinding"] = (request, _) => ValueTask.FromResult(CheckBinding(request)),
        ["/validate-elbv2-k8s-aws-v1beta1-ingressclassparams"] = (_, _) => ValueTask.FromResult(Admission.Allowed),
        ["/validate-networking-v1-ingress"] = (request, _) => ValueTask.FromResult(CheckIngress(request)),
    };

    // A Service of type LoadBalancer that names no class becomes this controller's.
    private static Admission ClassService(AdmissionRequest request)
    {
        var spec = request.Object?["spec"];
        return request.Operation == "CREATE" && (string?)spec?["type"] == "LoadBalancer" && spec["loadBalancerClass"] is null
            ? new Admission(null, [new JsonObject { ["op"] = "add", ["path"] = "/spec/loadBalancerClass", ["value"] = ServiceClass }])
            : Admission.Allowed;
    }

    private static Admission TypeBinding(AdmissionRequest request)
    {
        var spec = request.Object?["spec"];
        return spec is not null && spec["targetType"] is null
            ? new Admission(null, [new JsonObject { ["op"] = "add", ["path"] = "/spec/targetType", ["value"] = "instance" }])
            : Admission.Allowed;
    }

    private static Admission CheckBinding(AdmissionRequest request)
    {
        var arn = (string?)request.Object?["spec"]?["targetGroupARN"];
        if (request.Operation == "CREATE" && string.IsNullOrEmpty(arn) && string.IsNullOrEmpty((string?)request.Object?["spec"]?["targetGroupName"]))
        {
            return Admission.Refused("You must specify either TargetGroupARN or TargetGroupName");
        }

        return request.Operation == "UPDATE" && (string?)request.OldObject?["spec"]?["targetGroupARN"] != arn
            ? Admission.Refused("TargetGroupBinding update may not change these immutable fields: spec.targetGroupARN")
            : Admission.Allowed;
    }

    private Admission CheckIngress(AdmissionRequest request)
    {
        var name = (string?)request.Object?["spec"]?["ingressClassName"];
        var before = (string?)request.OldObject?["spec"]?["ingressClassName"];
        return name is null || name == before || knowsClass(name)
            ? Admission.Allowed
            : Admission.Refused($"invalid ingress class: IngressClass.networking.k8s.io \"{name}\" not found");
    }
}
