using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Rules of pods and of the templates that pods are made of.</summary>
internal static class PodRules
{
    private static readonly string[] Changeable =
        ["image", "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"];

    public static void Pod(JsonObject pod, JsonObject? before, List<FieldError> errors)
    {
        if (before is null)
        {
            Spec(pod.Map("spec"), "spec", errors);
            return;
        }

        // What a running pod may still change, and the node it is bound to.
        if (!Json.Same(Fixed(pod), Fixed(before)))
        {
            errors.Add(FieldError.Forbidden("spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
                "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
        }
    }

    public static void Template(JsonObject? template, JsonObject? selector, string path, List<FieldError> errors,
        params string[] restartPolicies)
    {
        if (template is null)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        MetadataRules.Labels(template.Map("metadata", "labels"), $"{path}.labels", errors);
        if (selector is not null && !LabelSelector.Matches(selector, template.Map("metadata", "labels")))
        {
            errors.Add(FieldError.InvalidText($"{path}.metadata.labels",
                Json.Compact(template.At("metadata", "labels") ?? new JsonObject()),
                "`selector` does not match template `labels`"));
        }

        Spec(template.Map("spec"), $"{path}.spec", errors);
        var policy = template.Text("spec", "restartPolicy");
        if (restartPolicies.Length > 0 && !restartPolicies.Contains(policy))
        {
            errors.Add(FieldError.NotSupported($"{path}.spec.restartPolicy", policy, restartPolicies));
        }
    }

    private static void Spec(JsonObject? spec, string path, List<FieldError> errors)
    {
        if (spec?["containers"] is not JsonArray { Count: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.containers"));
        }

        var volumes = spec.Items("volumes").Select(volume => volume.Text("name") ?? "").ToHashSet();
        foreach (var part in new[] { "initContainers", "containers" })
        {
            BuiltInRules.Unique(spec.Items(part), $"{path}.{part}", "name", errors);
            foreach (var (container, index) in spec.Items(part).Select((item, index) => (item, index)))
            {
                Container(container, $"{path}.{part}[{index}]", volumes, errors);
            }
        }

        BuiltInRules.Unique(spec.Items("volumes"), $"{path}.volumes", "name", errors);
        BuiltInRules.OneOf(spec.Text("restartPolicy"), $"{path}.restartPolicy", errors, "Always", "OnFailure", "Never");
        BuiltInRules.OneOf(spec.Text("dnsPolicy"), $"{path}.dnsPolicy", errors, "ClusterFirst",
            "ClusterFirstWithHostNet", "Default", "None");
    }

    private static void Container(JsonObject container, string path, HashSet<string> volumes, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(container.Text("name")))
        {
            errors.Add(FieldError.Required($"{path}.name"));
        }

        if (string.IsNullOrEmpty(container.Text("image")))
        {
            errors.Add(FieldError.Required($"{path}.image"));
        }
        else if (container.Text("image") is { } image && image.Trim() != image)
        {
            errors.Add(FieldError.Invalid($"{path}.image", image, "must not have leading or trailing whitespace"));
        }

        BuiltInRules.OneOf(container.Text("imagePullPolicy"), $"{path}.imagePullPolicy", errors, "Always",
            "IfNotPresent", "Never");
        foreach (var (port, index) in container.Items("ports").Select((item, index) => (item, index)))
        {
            BuiltInRules.Port(port["containerPort"], $"{path}.ports[{index}].containerPort", errors);
        }

        foreach (var (variable, index) in container.Items("env").Select((item, index) => (item, index)))
        {
            if (string.IsNullOrEmpty(variable.Text("name")))
            {
                errors.Add(FieldError.Required($"{path}.env[{index}].name"));
            }

            if (variable.Map("valueFrom") is { } from && !string.IsNullOrEmpty(variable.Text("value"))
                && from.Count > 0)
            {
                errors.Add(FieldError.InvalidText($"{path}.env[{index}].valueFrom", "\"\"",
                    "may not be specified when `value` is not empty"));
            }
        }

        foreach (var (mount, index) in container.Items("volumeMounts").Select((item, index) => (item, index)))
        {
            if (string.IsNullOrEmpty(mount.Text("mountPath")))
            {
                errors.Add(FieldError.Required($"{path}.volumeMounts[{index}].mountPath"));
            }

            if (!volumes.Contains(mount.Text("name") ?? ""))
            {
                errors.Add(new FieldError("FieldValueNotFound", $"{path}.volumeMounts[{index}].name",
                    $"Not found: \"{mount.Text("name")}\""));
            }
        }
    }

    private static JsonObject Fixed(JsonObject pod)
    {
        var spec = pod.Map("spec")?.Copy() ?? [];
        foreach (var name in Changeable)
        {
            spec.Remove(name);
        }

        // A binding sets the node, and gates fall one by one.
        spec.Remove("nodeName");
        spec.Remove("schedulingGates");
        spec.Remove("ephemeralContainers");
        foreach (var container in PodDefaults.Containers(spec))
        {
            container.Remove("image");
            container.Remove("resources");
        }

        return spec;
    }
}
