using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using ElbAction = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Turns the backends of Ingresses into actions, and notes the target groups that they need.</summary>
internal sealed class BackendBuilder(
    string cluster, GroupId group, Func<string, string, V1Service?> findService, string defaultTargetType, Dictionary<string, TargetGroupModel> targets)
{
    private const string UseAnnotation = "use-annotation";

    /// <summary>What is done with a request for a backend.</summary>
    public ActionModel Action(V1Ingress ingress, V1IngressBackend backend)
    {
        if (backend.Service is not { } service)
        {
            throw new BuildException($"ingress: {NameOf(ingress)}: missing required \"service\" field");
        }

        if (service.Port?.Name == UseAnnotation)
        {
            return FromAnnotation(ingress, service.Name);
        }

        var port = service.Port?.Name is { Length: > 0 } name ? (IntOrString)name : (IntOrString)$"{service.Port?.Number}";
        return Forward(ingress, service.Name, port);
    }

    private ActionModel Forward(V1Ingress ingress, string serviceName, IntOrString port)
    {
        if (findService(ingress.Metadata.NamespaceProperty, serviceName) is not { } service)
        {
            return ActionModel.Fixed("503", body: "Backend service does not exist");
        }

        var annotations = new Annotations(ingress, service);
        var targetType = annotations.Find("target-type") ?? defaultTargetType;
        if (targetType != "ip")
        {
            // Nodes of the local cloud are no machines in the VPC, so that only the reason that a real cluster would give is the real one.
            throw new BuildException(service.Spec.Type is "NodePort" or "LoadBalancer"
                ? $"ingress: {NameOf(ingress)}: target type {targetType} is not played by the local cloud: use ip"
                : $"ingress: {NameOf(ingress)}: TargetGroup port is empty. When using Instance targets, your service must be of type 'NodePort' or 'LoadBalancer'");
        }

        var found = service.Spec.Ports.FirstOrDefault(candidate =>
                candidate.Name == port.Value || candidate.Port.ToString(CultureInfo.InvariantCulture) == port.Value)
            ?? throw new BuildException($"ingress: {NameOf(ingress)}: unable to find port {port.Value} on service {NameOf(service)}");

        // A named target port can differ between pods, so that the group's own port says nothing then.
        var targetPort = int.TryParse(found.TargetPort?.Value ?? $"{found.Port}", CultureInfo.InvariantCulture, out var number) ? number : 1;
        var name = Names.TargetGroup(
            cluster, group, ingress.Metadata.NamespaceProperty, ingress.Metadata.Name, serviceName, service.Metadata.Uid, port.Value, targetPort);
        targets[name] = new TargetGroupModel(name, ingress.Metadata.NamespaceProperty, ingress.Metadata.Name, serviceName, port, targetPort)
        {
            HealthCheckPath = annotations.Find("healthcheck-path") ?? "/",
            SuccessCodes = annotations.Find("success-codes") ?? "200",
        };
        return new ActionModel(name, null);
    }

    private ActionModel FromAnnotation(V1Ingress ingress, string name)
    {
        if (new Annotations(ingress).Json($"actions.{name}") is not { } action)
        {
            throw new BuildException($"ingress: {NameOf(ingress)}: missing actions.{name} configuration");
        }

        static string? Text(JsonNode? node, string field) => node?[field]?.ToString();
        static JsonNode? Only(JsonNode? forward) => forward?["targetGroups"] is JsonArray { Count: 1 } groups ? groups[0] : null;
        switch (Text(action, "type"))
        {
            case "redirect" when action["redirectConfig"] is { } redirect:
                return new ActionModel(null, new ElbAction
                {
                    Type = "redirect",
                    RedirectConfig = new RedirectActionConfig(
                        Text(redirect, "statusCode") ?? "HTTP_301", Text(redirect, "protocol"), Text(redirect, "port"))
                    {
                        Host = Text(redirect, "host"),
                        Path = Text(redirect, "path"),
                        Query = Text(redirect, "query"),
                    },
                });
            case "fixed-response" when action["fixedResponseConfig"] is { } answer:
                return ActionModel.Fixed(Text(answer, "statusCode") ?? "503", Text(answer, "contentType") ?? "text/plain", Text(answer, "messageBody"));
            case "forward" when Only(action["forwardConfig"]) is { } only && Text(only, "serviceName") is { } service:
                return Forward(ingress, service, Text(only, "servicePort") ?? "80");
            case var type:
                throw new BuildException($"ingress: {NameOf(ingress)}: action type {type} of actions.{name} is not played by the local cloud");
        }
    }

    private static string NameOf(IMetadata<V1ObjectMeta> item) => $"{item.Metadata.NamespaceProperty}/{item.Metadata.Name}";
}
