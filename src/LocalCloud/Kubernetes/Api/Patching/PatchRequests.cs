using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The verb patch in its four languages.</summary>
internal sealed class PatchRequests(ClusterState state)
{
    private const string Apply = "application/apply-patch+yaml";
    private const string Accepted =
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

    public async Task HandleAsync(ApiRequest request, ResourceType type)
    {
        var http = request.Http;
        var write = ResourceEndpoint.ToWrite(request, type);
        var media = (http.Request.ContentType ?? "").Split(';')[0].Trim();
        var bytes = await RequestBody.BytesAsync(http);
        if (media == Apply)
        {
            var (applied, created) = await ApplyAsync(request, write, RequestBody.ParseYaml(bytes));
            ResourceEndpoint.Finish(http, write);
            await Answers.WriteAsync(http, applied, created ? 201 : 200);
            return;
        }

        if (request.Query("force") is not null)
        {
            throw new ApiException(ApiErrors.Status(
                422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch",
                new JsonObject { ["group"] = "meta.k8s.io", ["kind"] = "PatchOptions" }));
        }

        var change = Change(type, media, RequestBody.Parse(bytes));
        var patched = await PatchAsync(request, write, change);
        ResourceEndpoint.Finish(http, write);
        await Answers.WriteAsync(http, Tables.Negotiate(request, type, patched, state.Options.Clock.GetUtcNow())
            ?? patched);
    }

    /// <summary>Patches the object; the change sees it as the request's version shows it.</summary>
    public Task<JsonObject> PatchAsync(ApiRequest request, WriteRequest write, Func<JsonObject, JsonObject> change)
    {
        var type = write.Type;
        return state.Writer.UpdateAsync(
            write, "Update",
            current =>
            {
                write.Warnings.Clear();
                return Decoder.Decode(type, change(current), [], request.Query("fieldValidation"), write.Warnings);
            },
            request.Http.RequestAborted);
    }

    /// <summary>The patch as a function from one state to the next.</summary>
    public static Func<JsonObject, JsonObject> Change(ResourceType type, string media, RequestBody body)
    {
        switch (media)
        {
            case "application/json-patch+json":
                return current => JsonPatch.Apply(current, body.Node) as JsonObject
                    ?? throw ApiErrors.BadRequest("the patched object is no object");
            case "application/merge-patch+json":
                return current => (JsonObject)MergePatch.Apply(current, body.Object)!;
            case "application/strategic-merge-patch+json" when !type.IsCustom:
                return current => StrategicMergePatch.Apply(type.Schema, current, body.Object);
            default:
                throw ApiErrors.UnsupportedMediaType(type.IsCustom ? Accepted
                    : Accepted.Replace("application/apply",
                    "application/strategic-merge-patch+json, application/apply", StringComparison.Ordinal));
        }
    }

    // Fields that this path does not write are not owned through it either.
    private static void Reset(ResourceType type, string subresource, JsonObject applied)
    {
        if (subresource.Length == 0 && type.HasStatus)
        {
            applied.Remove("status");
        }

        if (subresource == "status")
        {
            foreach (var name in applied.Select(pair => pair.Key).Where(name =>
                name is not ("kind" or "apiVersion" or "metadata" or "status")).ToList())
            {
                applied.Remove(name);
            }
        }
    }

    private async Task<(JsonObject Value, bool Created)> ApplyAsync(ApiRequest request, WriteRequest write,
        RequestBody body)
    {
        var type = write.Type;
        if (string.IsNullOrEmpty(request.Query("fieldManager")))
        {
            throw new ApiException(ApiErrors.Status(
                422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
                new JsonObject { ["group"] = "meta.k8s.io", ["kind"] = "PatchOptions" }));
        }

        var applied = Decoder.Decode(type, body.Object, body.Duplicates, request.Query("fieldValidation"),
            write.Warnings);
        if (applied.At("metadata", "managedFields") is JsonArray { Count: > 0 })
        {
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        }

        if (applied.Text("metadata", "name") is { } name && name != request.Name)
        {
            throw ApiErrors.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }

        applied.Child("metadata")["name"] = request.Name;
        Reset(type, request.Subresource, applied);
        var force = request.Query("force") == "true";
        while (true)
        {
            if (state.Store.Get(type.Storage, request.Namespace, request.Name) is not null)
            {
                var updated = await state.Writer.UpdateAsync(
                    write, "Apply",
                    current =>
                    {
                        var version = applied.Text("metadata", "resourceVersion");
                        var merged = FieldOwnership.Apply(type, current, applied, write.Entry("Apply", state.Now),
                            force);
                        if (version is not null)
                        {
                            merged.Child("metadata")["resourceVersion"] = version;
                        }

                        return merged;
                    },
                    request.Http.RequestAborted);
                return (updated, false);
            }

            if (request.Subresource.Length > 0)
            {
                throw ApiErrors.NotFound(type, request.Name);
            }

            if (applied.Text("metadata", "uid") is { Length: > 0 })
            {
                throw ApiErrors.Conflict(type, request.Name,
                    $"uid mismatch: the provided object specified uid {applied.Text("metadata", "uid")}, and no existing object was found");
            }

            // The right to patch is not the right to create.
            state.Rbac.Demand(request with { Verb = "create" });
            try
            {
                var empty = new JsonObject
                {
                    ["kind"] = type.Kind,
                    ["apiVersion"] = type.ApiVersion,
                    ["metadata"] = new JsonObject()
                };
                var first = FieldOwnership.Apply(type, empty, applied, write.Entry("Apply", state.Now), force);
                return (await state.Writer.CreateAsync(write, first, "Apply", request.Http.RequestAborted), true);
            }
            catch (ApiException error) when (error.Reason == "AlreadyExists")
            {
                // Somebody created it in between: then it is an update.
            }
        }
    }
}
