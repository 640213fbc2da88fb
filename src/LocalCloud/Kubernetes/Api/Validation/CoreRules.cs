using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Rules of the remaining types.</summary>
internal static partial class CoreRules
{
    private const int LargestData = 1024 * 1024;

    private const string KeyMessage =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static void Secret(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Keys(value.Map("data"), "data", errors);
        foreach (var (key, node) in value.Map("data") ?? [])
        {
            if (!System.Buffers.Text.Base64.IsValid(node.Text() ?? ""))
            {
                throw ApiErrors.BadRequest(
                    "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 0");
            }
        }

        if ((value.Map("data") ?? []).Sum(pair => (pair.Value.Text() ?? "").Length / 4 * 3) > LargestData)
        {
            errors.Add(new FieldError("FieldValueTooLong", "data",
                $"Too long: may not be more than {LargestData} bytes"));
        }

        BuiltInRules.Immutable(value, before, "type", errors, $"\"{value.Text("type")}\"");
        foreach (var key in Demanded(value.Text("type")).Where(key => value.At("data", key) is null))
        {
            errors.Add(FieldError.Required($"data[{key}]"));
        }

        Sealed(value, before, errors, "data");
    }

    public static void ConfigMap(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Keys(value.Map("data"), "data", errors);
        Keys(value.Map("binaryData"), "binaryData", errors);
        if ((value.Map("data") ?? []).Sum(pair => (pair.Value.Text() ?? "").Length) > LargestData)
        {
            errors.Add(new FieldError("FieldValueTooLong", "", $"Too long: may not be more than {LargestData} bytes"));
        }

        Sealed(value, before, errors, "data", "binaryData");
    }

    public static void Claim(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (value["spec"]?["accessModes"] is not JsonArray { Count: > 0 })
        {
            errors.Add(FieldError.Required("spec.accessModes", "at least 1 access mode is required"));
        }

        if (value.At("spec", "resources", "requests", "storage") is null)
        {
            errors.Add(FieldError.Required("spec.resources[storage]"));
        }

        if (before is not null && !Json.Same(Fixed(value, before), Fixed(before, before)))
        {
            errors.Add(FieldError.Forbidden("spec",
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"));
        }
    }

    public static void Role(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        foreach (var (rule, index) in value.Items("rules").Select((item, index) => (item, index)))
        {
            if (!rule.Texts("verbs").Any())
            {
                errors.Add(FieldError.Required($"rules[{index}].verbs", "verbs must contain at least one value"));
            }

            if (!rule.Texts("nonResourceURLs").Any())
            {
                if (!rule.Texts("apiGroups").Any())
                {
                    errors.Add(FieldError.Required($"rules[{index}].apiGroups",
                        "resource rules must supply at least one api group"));
                }

                if (!rule.Texts("resources").Any())
                {
                    errors.Add(FieldError.Required($"rules[{index}].resources",
                        "resource rules must supply at least one resource"));
                }
            }
        }
    }

    public static void RoleBinding(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        BuiltInRules.OneOf(value.Text("roleRef", "kind")
            ?? "", "roleRef.kind", errors, value.Text("kind") == "RoleBinding" ? ["ClusterRole", "Role"]
            : ["ClusterRole"]);
        if (string.IsNullOrEmpty(value.Text("roleRef", "name")))
        {
            errors.Add(FieldError.Required("roleRef.name"));
        }

        if (before is not null && !Json.Same(value["roleRef"], before["roleRef"]))
        {
            errors.Add(FieldError.InvalidText("roleRef", Json.Compact(value["roleRef"]), "cannot change roleRef"));
        }

        foreach (var (subject, index) in value.Items("subjects").Select((item, index) => (item, index)))
        {
            BuiltInRules.OneOf(subject.Text("kind")
                ?? "", $"subjects[{index}].kind", errors, "Group", "ServiceAccount", "User");
            if (string.IsNullOrEmpty(subject.Text("name")))
            {
                errors.Add(FieldError.Required($"subjects[{index}].name"));
            }

            if (subject.Text("kind") == "ServiceAccount" && string.IsNullOrEmpty(subject.Text("namespace")))
            {
                errors.Add(FieldError.Required($"subjects[{index}].namespace"));
            }
        }
    }

    public static void StorageClass(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(value.Text("provisioner")))
        {
            errors.Add(FieldError.Required("provisioner"));
        }

        foreach (var name in new[] { "parameters", "provisioner", "reclaimPolicy", "volumeBindingMode" })
        {
            if (before is not null && !Json.Same(value[name], before[name]))
            {
                errors.Add(FieldError.Forbidden(name, $"updates to {name} are forbidden."));
            }
        }
    }

    public static void PriorityClass(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (before is not null && !Json.Same(value["value"], before["value"]))
        {
            errors.Add(FieldError.Forbidden("value", "may not be changed in an update."));
        }
    }

    public static void Webhooks(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        foreach (var (hook, index) in value.Items("webhooks").Select((item, index) => (item, index)))
        {
            var at = $"webhooks[{index}]";
            if ((hook.Text("name") ?? "").Split('.').Length < 3)
            {
                errors.Add(FieldError.Invalid($"{at}.name", hook.Text("name")
                    ?? "", "should be a domain with at least three segments separated by dots"));
            }

            if (!hook.Texts("admissionReviewVersions").Any())
            {
                errors.Add(FieldError.Required($"{at}.admissionReviewVersions", "must specify one of v1, v1beta1"));
            }

            BuiltInRules.OneOf(hook.Text("sideEffects") ?? "", $"{at}.sideEffects", errors, "None", "NoneOnDryRun");
            BuiltInRules.OneOf(hook.Text("failurePolicy"), $"{at}.failurePolicy", errors, "Fail", "Ignore");
            if (hook.Number("timeoutSeconds") is not (>= 1 and <= 30))
            {
                errors.Add(FieldError.Invalid($"{at}.timeoutSeconds", hook["timeoutSeconds"],
                    "the timeout value must be between 1 and 30 seconds"));
            }

            if (hook.Text("clientConfig", "url") is null == hook.Map("clientConfig", "service") is null)
            {
                errors.Add(FieldError.Required($"{at}.clientConfig", "exactly one of url or service is required"));
            }

            foreach (var (condition, place) in hook.Items("matchConditions").Select((item, place) => (item, place)))
            {
                var expression = condition.Text("expression") ?? "";
                if (expression.Length == 0)
                {
                    errors.Add(FieldError.Required($"{at}.matchConditions[{place}].expression"));
                }
                else if (MatchConditions.Problem(expression) is { } problem)
                {
                    errors.Add(FieldError.Invalid($"{at}.matchConditions[{place}].expression", expression, $"compilation failed: {problem}"));
                }
            }
        }
    }

    private static void Keys(JsonObject? data, string path, List<FieldError> errors)
    {
        foreach (var (key, _) in data ?? [])
        {
            if (!Key().IsMatch(key) || key.Length > 253)
            {
                errors.Add(FieldError.Invalid($"{path}[{key}]", key, KeyMessage));
            }
        }
    }

    private static void Sealed(JsonObject value, JsonObject? before, List<FieldError> errors, params string[] members)
    {
        if (before.Flag("immutable") is not true)
        {
            return;
        }

        foreach (var member in members.Append("immutable").Where(member => !Json.Same(value[member], before![member])))
        {
            errors.Add(FieldError.Forbidden(member, "field is immutable when `immutable` is set"));
        }
    }

    private static string[] Demanded(string? type) => type switch
    {
        "kubernetes.io/tls" => ["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
        "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
        _ => [],
    };

    private static JsonObject Fixed(JsonObject claim, JsonObject before)
    {
        var spec = claim.Map("spec")!.Copy();
        spec.Remove("volumeAttributesClassName");
        if (string.IsNullOrEmpty(before.Text("spec", "volumeName")))
        {
            spec.Remove("volumeName");
        }

        (spec["resources"] as JsonObject)?.Remove("requests");
        return spec;
    }

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z")]
    private static partial Regex Key();
}
