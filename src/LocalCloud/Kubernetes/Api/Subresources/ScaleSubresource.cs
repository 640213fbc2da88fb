using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The number of replicas of anything that has one, in one form for all.</summary>
internal sealed class ScaleSubresource(ClusterState state)
{
    public async Task HandleAsync(ApiRequest request, ResourceType type)
    {
        if (request.Verb == "get")
        {
            var stored = state.Store.Get(type.Storage, request.Namespace, request.Name)
                ?? throw ApiErrors.NotFound(type, request.Name);
            await Answers.WriteAsync(request.Http, Of(type, type.Present(stored.Value)));
            return;
        }

        var write = ResourceEndpoint.ToWrite(request, type);
        var media = (request.Http.Request.ContentType ?? "").Split(';')[0].Trim();
        Func<JsonObject, JsonObject> change;
        if (request.Verb == "update")
        {
            var body = await RequestBody.ReadAsync(request.Http);
            change = _ => body.Object.Copy();
        }
        else if (media == "application/strategic-merge-patch+json")
        {
            var body = RequestBody.Parse(await RequestBody.BytesAsync(request.Http));
            change = scale => StrategicMergePatch.Apply(BuiltInSchemas.Of(typeof(k8s.Models.V1Scale)), scale,
                body.Object);
        }
        else
        {
            change = PatchRequests.Change(type, media, RequestBody.Parse(await RequestBody.BytesAsync(request.Http)));
        }

        var updated = await state.Writer.UpdateAsync(
            write, "Update",
            current =>
            {
                var scale = change(Of(type, current));
                var next = current.Copy();
                if (scale.Number("spec", "replicas") is < 0)
                {
                    throw ApiErrors.Invalid(type, request.Name,
                        [FieldError.Invalid("spec.replicas", scale.At("spec", "replicas"),
                        "must be greater than or equal to 0")]);
                }

                Set(next, type.Scale!.Replicas, scale.Number("spec", "replicas") ?? 0);
                if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version)
                {
                    next.Child("metadata")["resourceVersion"] = version;
                }

                return next;
            },
            request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http, Of(type, updated));
    }

    private static JsonObject Of(ResourceType type, JsonObject value)
    {
        var metadata = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            metadata.Put(name, value.At("metadata", name));
        }

        var status = new JsonObject { ["replicas"] = value.Number(type.Scale!.StatusReplicas) ?? 0 };
        if (Selector(type, value) is { Length: > 0 } selector)
        {
            status["selector"] = selector;
        }

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = value.Number(type.Scale.Replicas) ?? 0 },
            ["status"] = status,
        };
    }

    private static string? Selector(ResourceType type, JsonObject value)
    {
        if (type.IsCustom)
        {
            return type.Scale!.Selector is { } path ? value.Text(path) : null;
        }

        var selector = value.Map("spec", "selector");
        var labels = selector.Map("matchLabels") ?? (type.Storage == "replicationcontrollers" ? selector : null);
        var terms = (labels
            ?? []).Select(pair =>
            $"{pair.Key}={pair.Value.Text()}").Order(StringComparer.Ordinal).Concat(
            selector.Items("matchExpressions").Select(expression =>
        {
            var (key, values) =
                (expression.Text("key"), string.Join(',', expression.Texts("values").Order(StringComparer.Ordinal)));
            return expression.Text("operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" =>
                $"{key} notin ({values})",
                "Exists" => key,
                _ => "!" + key
            };
        }));
        return string.Join(',', terms);
    }

    private static void Set(JsonObject value, string[] path, long number)
    {
        var parent = value;
        foreach (var name in path[..^1])
        {
            parent = parent.Child(name);
        }

        parent[path[^1]] = number;
    }
}
