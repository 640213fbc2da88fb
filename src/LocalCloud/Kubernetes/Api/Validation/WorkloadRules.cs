using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Rules of the types that run pods.</summary>
internal static class WorkloadRules
{
    private static readonly string[] StatefulSetChangeable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static void Deployment(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Selector(value, before, errors);
        Count(value, "replicas", errors);
        Count(value, "revisionHistoryLimit", errors);
        Count(value, "minReadySeconds", errors);
        PodRules.Template(value.Map("spec", "template"), value.Map("spec", "selector"), "spec.template", errors,
            "Always");
        BuiltInRules.OneOf(value.Text("spec", "strategy", "type"), "spec.strategy.type", errors, "Recreate",
            "RollingUpdate");
        if (value.Text("spec", "strategy", "type") == "Recreate"
            && value.At("spec", "strategy", "rollingUpdate") is not null)
        {
            errors.Add(FieldError.Forbidden("spec.strategy.rollingUpdate",
                "may not be specified when strategy `type` is 'Recreate'"));
        }

        if (value.Number("spec", "progressDeadlineSeconds") is { } deadline
            && deadline <= (value.Number("spec", "minReadySeconds") ?? 0))
        {
            errors.Add(FieldError.Invalid("spec.progressDeadlineSeconds", deadline,
                "must be greater than minReadySeconds"));
        }
    }

    public static void ReplicaSet(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Selector(value, before, errors);
        Count(value, "replicas", errors);
        PodRules.Template(value.Map("spec", "template"), value.Map("spec", "selector"), "spec.template", errors,
            "Always");
    }

    public static void DaemonSet(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Selector(value, before, errors);
        PodRules.Template(value.Map("spec", "template"), value.Map("spec", "selector"), "spec.template", errors,
            "Always");
    }

    public static void StatefulSet(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        Selector(value, null, errors);
        Count(value, "replicas", errors);
        PodRules.Template(WithClaims(value), value.Map("spec", "selector"), "spec.template", errors, "Always");
        BuiltInRules.OneOf(value.Text("spec", "podManagementPolicy"), "spec.podManagementPolicy", errors,
            "OrderedReady", "Parallel");
        if (before is not null && !Json.Same(Fixed(value), Fixed(before)))
        {
            errors.Add(FieldError.Forbidden("spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
                "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
        }
    }

    // The claims of a set become volumes of its pods, so its containers may mount them.
    private static JsonObject? WithClaims(JsonObject set)
    {
        if (set.Map("spec", "template")?.Copy() is not { } template || template.Map("spec") is not { } spec)
        {
            return set.Map("spec", "template");
        }

        spec["volumes"] = new JsonArray(
        [
            .. spec.Items("volumes").Select(volume => (JsonNode)volume.Copy()),
            .. set.Items("spec", "volumeClaimTemplates").Select(claim =>
                (JsonNode)new JsonObject { ["name"] = claim.Text("metadata", "name") }),
        ]);
        return template;
    }

    public static void Job(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        foreach (var name in new[] { "parallelism", "completions", "backoffLimit", "activeDeadlineSeconds",
            "ttlSecondsAfterFinished" })
        {
            Count(value, name, errors);
        }

        PodRules.Template(value.Map("spec", "template"), before is null ? value.Map("spec", "selector")
            : null, "spec.template", errors, "OnFailure", "Never");
        BuiltInRules.Immutable(value, before, "spec.completions", errors);
        BuiltInRules.Immutable(value, before, "spec.selector", errors, "null");
        BuiltInRules.Immutable(value, before, "spec.completionMode", errors);

        // A suspended job that never ran may still be given other nodes; everything else of its template is fixed.
        if (before is not null && !Json.Same(Template(value, before), Template(before, before)))
        {
            errors.Add(FieldError.Invalid("spec.template", value.At("spec", "template"), "field is immutable"));
        }
    }

    public static void CronJob(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        var schedule = value.Text("spec", "schedule") ?? "";
        if (schedule.Length == 0)
        {
            errors.Add(FieldError.Required("spec.schedule"));
        }
        else if (!schedule.StartsWith('@') && !Cronos.CronExpression.TryParse(schedule, out _))
        {
            errors.Add(FieldError.Invalid("spec.schedule", schedule,
                $"expected exactly 5 fields, found {schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length}: [{schedule}]"));
        }

        BuiltInRules.OneOf(value.Text("spec", "concurrencyPolicy"), "spec.concurrencyPolicy", errors, "Allow",
            "Forbid", "Replace");
        if (before is null && value.At("spec", "jobTemplate", "spec", "selector") is not null
            && value.Flag("spec", "jobTemplate", "spec", "manualSelector") is not true)
        {
            errors.Add(FieldError.InvalidText("spec.jobTemplate.spec.selector",
                Json.Compact(value.At("spec", "jobTemplate", "spec", "selector")),
                "`selector` will be auto-generated"));
        }

        PodRules.Template(value.Map("spec", "jobTemplate", "spec", "template"), null, "spec.jobTemplate.spec.template",
            errors, "OnFailure", "Never");
    }

    public static void Autoscaler(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        var (least, most) = (value.Number("spec", "minReplicas") ?? 1, value.Number("spec", "maxReplicas") ?? 0);
        if (most < 1)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than 0"));
        }
        else if (most < least)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
        }

        foreach (var name in new[] { "kind", "name" }.Where(name =>
            string.IsNullOrEmpty(value.Text("spec", "scaleTargetRef", name))))
        {
            errors.Add(FieldError.Required($"spec.scaleTargetRef.{name}"));
        }
    }

    private static void Selector(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (value.Map("spec", "selector") is not { } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
        }
        else if ((selector.Map("matchLabels")?.Count ?? 0) == 0 && !selector.Items("matchExpressions").Any())
        {
            errors.Add(FieldError.InvalidText("spec.selector", Json.Compact(selector),
                "empty selector is invalid for deployment"));
        }
        else
        {
            BuiltInRules.Immutable(value, before, "spec.selector", errors);
        }
    }

    private static void Count(JsonObject value, string name, List<FieldError> errors)
    {
        if (value.Number("spec", name) is < 0)
        {
            errors.Add(FieldError.Invalid($"spec.{name}", value.At("spec", name),
                "must be greater than or equal to 0"));
        }
    }

    private static JsonObject Fixed(JsonObject value)
    {
        var spec = value.Map("spec")!.Copy();
        foreach (var name in StatefulSetChangeable)
        {
            spec.Remove(name);
        }

        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim.Remove("status");
        }

        return spec;
    }

    private static JsonObject Template(JsonObject value, JsonObject before)
    {
        var template = value.Map("spec", "template")!.Copy();
        if (before.Flag("spec", "suspend") is true && before.At("status", "startTime") is null)
        {
            foreach (var name in new[] { "nodeSelector", "affinity", "tolerations", "schedulingGates" })
            {
                template.Map("spec")!.Remove(name);
            }

            template.Map("metadata")?.Remove("labels");
            template.Map("metadata")?.Remove("annotations");
        }

        return template;
    }
}
