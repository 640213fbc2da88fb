using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Defaults of services and what stands around them. Addresses are given out by <see cref="ServiceAddresses"/>.</summary>
internal static class NetworkDefaults
{
    public static void Service(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("sessionAffinity") == "ClientIP")
        {
            spec.Child("sessionAffinityConfig").Child("clientIP").Default("timeoutSeconds", 10800);
        }

        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            port.Default("targetPort", port["port"]?.DeepClone());
        }

        var type = spec.Text("type");
        if (type is "NodePort" or "LoadBalancer")
        {
            spec.Default("externalTrafficPolicy", "Cluster");
        }

        if (type == "LoadBalancer")
        {
            spec.Default("allocateLoadBalancerNodePorts", true);
        }

        if (type != "ExternalName")
        {
            spec.Default("internalTrafficPolicy", "Cluster");
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
        }
    }

    public static void Ingress(JsonObject value)
    {
        foreach (var path in value.Items("spec", "rules").SelectMany(rule => rule.Items("http", "paths")))
        {
            path.Default("pathType", "ImplementationSpecific");
        }
    }

    public static void NetworkPolicy(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("podSelector", new JsonObject());
        if (spec["policyTypes"] is null)
        {
            spec["policyTypes"] = spec.Items("egress").Any() ? new JsonArray("Ingress", "Egress")
                : new JsonArray("Ingress");
        }

        foreach (var port in spec.Items("ingress").Concat(spec.Items("egress")).SelectMany(rule => rule.Items("ports")))
        {
            port.Default("protocol", "TCP");
        }
    }

    public static void Endpoints(JsonObject value)
    {
        foreach (var port in value.Items("subsets").SelectMany(subset => subset.Items("ports")))
        {
            port.Default("protocol", "TCP");
        }
    }

    public static void EndpointSlice(JsonObject value)
    {
        foreach (var port in value.Items("ports"))
        {
            port.Default("name", "");
            port.Default("protocol", "TCP");
        }
    }
}
