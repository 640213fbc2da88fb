using System.Net;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Rules of services, endpoints and ingresses.</summary>
internal static class NetworkRules
{
    public static void Service(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        var type = value.Text("spec", "type");
        BuiltInRules.OneOf(type, "spec.type", errors, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        var ports = value.Items("spec", "ports").ToList();
        if (type == "ExternalName")
        {
            if (string.IsNullOrEmpty(value.Text("spec", "externalName")))
            {
                errors.Add(FieldError.Required("spec.externalName"));
            }
        }
        else if (ports.Count == 0 && value.Text("spec", "clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        for (var i = 0; i < ports.Count; i++)
        {
            BuiltInRules.Port(ports[i]["port"], $"spec.ports[{i}].port", errors);
            BuiltInRules.OneOf(ports[i].Text("protocol"), $"spec.ports[{i}].protocol", errors, "SCTP", "TCP", "UDP");
            if (ports.Count > 1 && string.IsNullOrEmpty(ports[i].Text("name")))
            {
                errors.Add(FieldError.Required($"spec.ports[{i}].name"));
            }
        }

        BuiltInRules.Unique(ports, "spec.ports", "name", errors);
        if (before is not null && type != "ExternalName" && before.Text("spec", "type") != "ExternalName"
            && before.Text("spec", "clusterIP") is { Length: > 0 } had && value.Text("spec", "clusterIP") != had)
        {
            errors.Add(FieldError.InvalidText("spec.clusterIPs[0]",
                $"[]string{{\"{value.Text("spec", "clusterIP")}\"}}", "may not change once set"));
        }
    }

    public static void Endpoints(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        foreach (var (subset, index) in value.Items("subsets").Select((item, index) => (item, index)))
        {
            foreach (var list in new[] { "addresses", "notReadyAddresses" })
            {
                foreach (var (address, place) in subset.Items(list).Select((item, place) => (item, place)))
                {
                    Address(address.Text("ip") ?? "", $"subsets[{index}].{list}[{place}].ip", errors);
                }
            }
        }
    }

    public static void EndpointSlice(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        BuiltInRules.OneOf(value.Text("addressType") ?? "", "addressType", errors, "FQDN", "IPv4", "IPv6");
        BuiltInRules.Immutable(value, before, "addressType", errors);
        foreach (var (endpoint, index) in value.Items("endpoints").Select((item, index) => (item, index)))
        {
            foreach (var (address, place) in endpoint.Texts("addresses").Select((item, place) => (item, place)))
            {
                if (value.Text("addressType") is "IPv4" or "IPv6")
                {
                    Address(address, $"endpoints[{index}].addresses[{place}]", errors);
                }
            }
        }
    }

    public static void Ingress(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (value.At("spec", "defaultBackend") is null && !value.Items("spec", "rules").Any())
        {
            errors.Add(FieldError.InvalidText("spec", "null", "either `defaultBackend` or `rules` must be specified"));
        }

        foreach (var (rule, index) in value.Items("spec", "rules").Select((item, index) => (item, index)))
        {
            var at = $"spec.rules[{index}]";
            if (rule.Text("host") is { Length: > 0 } host
                && (host.Any(char.IsUpper) || IPAddress.TryParse(host, out _)))
            {
                errors.Add(FieldError.Invalid($"{at}.host", host, IPAddress.TryParse(host, out _)
                    ? "must be a DNS name, not an IP address"
                    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"));
            }

            foreach (var (path, place) in rule.Items("http", "paths").Select((item, place) => (item, place)))
            {
                var here = $"{at}.http.paths[{place}]";
                if (string.IsNullOrEmpty(path.Text("pathType")))
                {
                    errors.Add(FieldError.Required($"{here}.pathType", "pathType must be specified"));
                }

                if (path.Text("pathType") is "Exact" or "Prefix" && path.Text("path")?.StartsWith('/') is not true)
                {
                    errors.Add(FieldError.Invalid($"{here}.path", path.Text("path") ?? "", "must be an absolute path"));
                }

                if (path.Map("backend", "service") is { } service && service.At("port", "number") is null
                    && service.At("port", "name") is null)
                {
                    errors.Add(FieldError.Required($"{here}.backend", "port name or number is required"));
                }
            }
        }
    }

    private static void Address(string text, string path, List<FieldError> errors)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            errors.Add(FieldError.Invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
        }
        else if (IPAddress.IsLoopback(address))
        {
            errors.Add(FieldError.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
        }
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Add(FieldError.Invalid(path, text, $"may not be unspecified ({text})"));
        }
        else if (address.GetAddressBytes() is [169, 254, ..] || address.IsIPv6LinkLocal)
        {
            errors.Add(FieldError.Invalid(path, text,
                "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
        }
    }
}
