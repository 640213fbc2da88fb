using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What a pod, or a pod's template, has where nobody said otherwise.</summary>
internal static class PodDefaults
{
    public static void Pod(JsonObject pod)
    {
        var spec = pod.Child("spec");
        Spec(spec);
        spec.Default("enableServiceLinks", true);
        foreach (var container in Containers(spec))
        {
            // Requests follow limits in a pod, not in a template.
            foreach (var (name, amount) in container.Map("resources", "limits") ?? [])
            {
                container.Child("resources").Child("requests").Default(name, amount?.DeepClone());
            }
        }
    }

    public static void Template(JsonObject? template)
    {
        if (template is not null)
        {
            Spec(template.Child("spec"));
        }
    }

    public static void Spec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("securityContext", new JsonObject());
        if (spec.Text("serviceAccountName") is { Length: > 0 } account)
        {
            // The old name of the field follows the new one.
            spec["serviceAccount"] = account;
        }
        else if (spec.Text("serviceAccount") is { Length: > 0 } old)
        {
            spec["serviceAccountName"] = old;
        }

        foreach (var container in Containers(spec))
        {
            Container(container);
        }

        foreach (var volume in spec.Items("volumes"))
        {
            Volume(volume);
        }

        foreach (var constraint in spec.Items("topologySpreadConstraints"))
        {
            constraint.Default("whenUnsatisfiable", "DoNotSchedule");
        }
    }

    public static IEnumerable<JsonObject> Containers(JsonObject? spec) =>
        spec.Items("initContainers").Concat(spec.Items("containers"));

    public static string QualityOfService(JsonObject pod)
    {
        var containers = Containers(pod.Map("spec")).Select(container => container.Map("resources")).ToList();
        if (containers.TrueForAll(resources => (resources.Map("requests")?.Count ?? 0) == 0
            && (resources.Map("limits")?.Count ?? 0) == 0))
        {
            return "BestEffort";
        }

        return containers.TrueForAll(resources => new[] { "cpu", "memory" }.All(name =>
            resources.At("limits", name) is { } limit && Json.Same(limit, resources.At("requests", name) ?? limit)))
                ? "Guaranteed" : "Burstable";
    }

    private static void Container(JsonObject container)
    {
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("resources", new JsonObject());
        if (container.Text("image") is { } image)
        {
            var last = image[(image.LastIndexOf('/') + 1)..];
            var latest = !last.Contains('@')
                && (!last.Contains(':') || last.EndsWith(":latest", StringComparison.Ordinal));
            container.Default("imagePullPolicy", latest ? "Always" : "IfNotPresent");
        }

        foreach (var port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
        }

        foreach (var variable in container.Items("env"))
        {
            if (variable.Map("valueFrom", "fieldRef") is { } field)
            {
                field.Default("apiVersion", "v1");
            }
        }

        foreach (var name in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container.Map(name) is { } probe)
            {
                Probe(probe);
            }
        }

        foreach (var hook in new[] { "postStart", "preStop" })
        {
            if (container.Map("lifecycle", hook, "httpGet") is { } get)
            {
                HttpGet(get);
            }
        }
    }

    private static void Probe(JsonObject probe)
    {
        probe.Default("timeoutSeconds", 1);
        probe.Default("periodSeconds", 10);
        probe.Default("successThreshold", 1);
        probe.Default("failureThreshold", 3);
        if (probe.Map("httpGet") is { } get)
        {
            HttpGet(get);
        }

        if (probe.Map("grpc") is { } grpc)
        {
            grpc.Default("service", "");
        }
    }

    private static void HttpGet(JsonObject get)
    {
        get.Default("path", "/");
        get.Default("scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        if (volume.Count == 1)
        {
            volume["emptyDir"] = new JsonObject();
        }

        foreach (var source in new[] { "secret", "configMap", "downwardAPI", "projected" })
        {
            volume.Map(source)?.Default("defaultMode", 420);
        }

        volume.Map("hostPath")?.Default("type", "");
        foreach (var token in volume.Items("projected", "sources").Select(source =>
            source.Map("serviceAccountToken")).OfType<JsonObject>())
        {
            token.Default("expirationSeconds", 3600);
        }

        foreach (var item in volume.Items("downwardAPI",
            "items").Concat(volume.Items("projected", "sources").SelectMany(source =>
            source.Items("downwardAPI", "items"))))
        {
            item.Map("fieldRef")?.Default("apiVersion", "v1");
        }

        if (volume.Map("ephemeral", "volumeClaimTemplate", "spec") is { } claim)
        {
            claim.Default("volumeMode", "Filesystem");
        }
    }
}
