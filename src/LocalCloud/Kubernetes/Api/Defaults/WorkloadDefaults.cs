using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Defaults of the types that run pods.</summary>
internal static class WorkloadDefaults
{
    public static void Deployment(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("replicas", 1);
        var strategy = spec.Child("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Child("rollingUpdate");
            rolling.Default("maxUnavailable", "25%");
            rolling.Default("maxSurge", "25%");
        }

        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        PodDefaults.Template(spec.Map("template"));
    }

    public static void ReplicaSet(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("replicas", 1);
        PodDefaults.Template(spec.Map("template"));
    }

    public static void ReplicationController(JsonObject value)
    {
        ReplicaSet(value);
        var labels = value.Map("spec", "template", "metadata", "labels");
        if (value.Map("spec", "selector") is null && labels is not null)
        {
            value.Child("spec").Put("selector", labels);
        }
    }

    public static void StatefulSet(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("replicas", 1);
        spec.Default("podManagementPolicy", "OrderedReady");
        spec.Default("serviceName", "");
        var strategy = spec.Child("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Child("rollingUpdate").Default("partition", 0);
        }

        spec.Default("revisionHistoryLimit", 10);
        var retention = spec.Child("persistentVolumeClaimRetentionPolicy");
        retention.Default("whenDeleted", "Retain");
        retention.Default("whenScaled", "Retain");
        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim.Default("apiVersion", "v1");
            claim.Default("kind", "PersistentVolumeClaim");
            CoreDefaults.Claim(claim);
            claim.Default("status", new JsonObject { ["phase"] = "Pending" });
        }

        PodDefaults.Template(spec.Map("template"));
    }

    public static void DaemonSet(JsonObject value)
    {
        var spec = value.Child("spec");
        var strategy = spec.Child("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Child("rollingUpdate");
            rolling.Default("maxUnavailable", 1);
            rolling.Default("maxSurge", 0);
        }

        spec.Default("revisionHistoryLimit", 10);
        PodDefaults.Template(spec.Map("template"));
    }

    public static void Job(JsonObject value)
    {
        var spec = value.Child("spec");
        JobSpec(spec);

        // A job finds its pods by its own uid, unless it says that it chooses them itself.
        if (spec.Flag("manualSelector") is not true && value.Text("metadata", "uid") is { } uid
            && spec.Map("template") is { } template)
        {
            var labels = template.Child("metadata").Child("labels");
            labels.Default("batch.kubernetes.io/controller-uid", uid);
            labels.Default("batch.kubernetes.io/job-name", value.Text("metadata", "name"));
            labels.Default("controller-uid", uid);
            labels.Default("job-name", value.Text("metadata", "name"));
            if (spec["selector"] is null)
            {
                spec["selector"] = new JsonObject
                {
                    ["matchLabels"] =
                    new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid }
                };
            }
        }
    }

    public static void CronJob(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);

        // The job's own numbers are filled in when it is made of the template; its pods' defaults are here.
        PodDefaults.Template(spec.Map("jobTemplate", "spec", "template"));
    }

    public static void Autoscaler(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("minReplicas", 1);
        if (spec["metrics"] is not JsonArray { Count: > 0 })
        {
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 }
                },
            });
        }
    }

    public static void DisruptionBudget(JsonObject value) => value.Child("spec");

    private static void JobSpec(JsonObject spec)
    {
        if (spec["completions"] is null && spec["parallelism"] is null)
        {
            spec["completions"] = 1;
        }

        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("podReplacementPolicy", spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");
        PodDefaults.Template(spec.Map("template"));
    }
}
