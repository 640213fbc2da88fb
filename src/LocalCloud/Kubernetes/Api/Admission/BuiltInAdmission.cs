using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The admission plugins that every cluster runs and that workloads feel: service accounts, priorities, node conditions, default classes.</summary>
internal static class BuiltInAdmission
{
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static void OnCreate(ClusterState state, WriteRequest request, JsonObject value)
    {
        switch (request.Type.Storage)
        {
            case "pods":
                ServiceAccount(state, request, value);
                Priority(state, value);
                Tolerations(value);
                break;
            case "persistentvolumeclaims":
                DefaultStorageClass(state, value);
                break;
            case "networking.k8s.io/ingresses":
                DefaultIngressClass(state, value);
                break;
            case "certificates.k8s.io/certificatesigningrequests":
                value.Child("spec")["username"] = request.User.Name;
                value.Child("spec")["groups"] =
                    new JsonArray([.. request.User.Groups.Select(group => (JsonNode)group)]);
                break;
        }
    }

    private static void ServiceAccount(ClusterState state, WriteRequest request, JsonObject pod)
    {
        var spec = pod.Child("spec");
        var name = spec.Text("serviceAccountName") is { Length: > 0 } given ? given : "default";
        spec["serviceAccountName"] = name;
        spec["serviceAccount"] = name;
        var account = state.Store.Get("serviceaccounts", request.Namespace, name) ?? throw ApiErrors.Forbidden(
            "", "pods", pod.Text("metadata", "name"),
                $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");
        if (spec["imagePullSecrets"] is not JsonArray { Count: > 0 }
            && account.Value["imagePullSecrets"] is JsonArray { Count: > 0 } secrets)
        {
            spec.Put("imagePullSecrets", secrets);
        }

        if ((spec.Flag("automountServiceAccountToken") ?? account.Value.Flag("automountServiceAccountToken")) is false)
        {
            return;
        }

        var containers = PodDefaults.Containers(spec).Where(container =>
            !container.Items("volumeMounts").Any(mount => mount.Text("mountPath") == TokenPath)).ToList();
        if (containers.Count == 0)
        {
            return;
        }

        var volume = "kube-api-access-" + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
        if (spec["volumes"] is not JsonArray)
        {
            spec["volumes"] = new JsonArray();
        }

        ((JsonArray)spec["volumes"]!).Add(TokenVolume(volume));
        foreach (var container in containers)
        {
            if (container["volumeMounts"] is not JsonArray)
            {
                container["volumeMounts"] = new JsonArray();
            }

            ((JsonArray)container["volumeMounts"]!).Add(new JsonObject
            {
                ["name"] = volume,
                ["readOnly"] = true,
                ["mountPath"] = TokenPath
            });
        }
    }

    private static JsonObject TokenVolume(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new JsonObject
        {
            ["sources"] = new JsonArray(
                new JsonObject
                {
                    ["serviceAccountToken"] =
                    new JsonObject { ["expirationSeconds"] = 3607, ["path"] = "token" }
                },
                new JsonObject
                {
                    ["configMap"] = new JsonObject
                    {
                        ["name"] = "kube-root-ca.crt",
                        ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }),
                    },
                },
                new JsonObject
                {
                    ["downwardAPI"] = new JsonObject
                    {
                        ["items"] = new JsonArray(new JsonObject
                        {
                            ["path"] = "namespace",
                            ["fieldRef"] = new JsonObject
                            {
                                ["apiVersion"] = "v1",
                                ["fieldPath"] = "metadata.namespace"
                            },
                        }),
                    },
                }),
            ["defaultMode"] = 420,
        },
    };

    private static void Priority(ClusterState state, JsonObject pod)
    {
        var spec = pod.Child("spec");
        var name = spec.Text("priorityClassName") ?? "";
        var classes = state.Store.All("scheduling.k8s.io/priorityclasses");
        var found = name.Length > 0
            ? classes.FirstOrDefault(item => item.Name == name) ?? throw ApiErrors.Forbidden(
                "", "pods", pod.Text("metadata", "name"), $"no PriorityClass with name {name} was found")
            : classes.FirstOrDefault(item => item.Value.Flag("globalDefault") is true);
        spec["priority"] = found?.Value.Number("value") ?? 0;
        spec["preemptionPolicy"] = found?.Value.Text("preemptionPolicy") ?? "PreemptLowerPriority";
        if (found is not null)
        {
            spec["priorityClassName"] = found.Name;
        }
    }

    private static void Tolerations(JsonObject pod)
    {
        var spec = pod.Child("spec");
        if (spec["tolerations"] is not JsonArray list)
        {
            spec["tolerations"] = list = [];
        }

        foreach (var key in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
        {
            var tolerated = list.OfType<JsonObject>().Any(item =>
                (item.Text("key") == key || string.IsNullOrEmpty(item.Text("key")) && item.Text("operator") == "Exists")
                && item.Text("effect") is null or "" or "NoExecute");
            if (!tolerated)
            {
                list.Add(new JsonObject
                {
                    ["key"] = key,
                    ["operator"] = "Exists",
                    ["effect"] = "NoExecute",
                    ["tolerationSeconds"] = 300
                });
            }
        }
    }

    private static void DefaultStorageClass(ClusterState state, JsonObject claim)
    {
        var found = state.Store.All("storage.k8s.io/storageclasses")
            .FirstOrDefault(item =>
                item.Value.Text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true");
        if (found is not null && claim.At("spec", "storageClassName") is null)
        {
            claim.Child("spec")["storageClassName"] = found.Name;
        }
    }

    private static void DefaultIngressClass(ClusterState state, JsonObject ingress)
    {
        if (ingress.At("spec", "ingressClassName") is not null
            || ingress.At("metadata", "annotations", "kubernetes.io/ingress.class") is not null)
        {
            return;
        }

        var found = state.Store.All("networking.k8s.io/ingressclasses")
            .FirstOrDefault(item =>
                item.Value.Text("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class") == "true");
        if (found is not null)
        {
            ingress.Child("spec")["ingressClassName"] = found.Name;
        }
    }
}
