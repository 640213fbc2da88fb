using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What hangs below an object's path besides its status.</summary>
internal sealed class Subresources(ClusterState state)
{
    private readonly ScaleSubresource _scale = new(state);
    private readonly PodSubresources _pods = new(state);
    private readonly PatchRequests _patches = new(state);

    public async Task HandleAsync(ApiRequest request, ResourceType type)
    {
        switch (type.Storage, request.Subresource, request.Verb)
        {
            case (_, "scale", "get" or "update" or "patch") when type.Scale is not null:
                await _scale.HandleAsync(request, type);
                break;
            case ("namespaces", "finalize", "update"):
                await FinalizeAsync(request, type);
                break;
            case ("serviceaccounts", "token", "create"):
                await TokenAsync(request, type);
                break;
            case ("pods", "log", "get"):
                await _pods.LogAsync(request, type);
                break;
            case ("pods", "binding", "create"):
                await _pods.BindAsync(request, type);
                break;
            case ("pods", "eviction", "create"):
                await _pods.EvictAsync(request, type);
                break;
            case ("pods", "ephemeralcontainers" or "resize", "patch"):
                await _patches.HandleAsync(request, type);
                break;
            default:
                if (!Has(type, request.Subresource))
                {
                    await Answers.NotFoundAsync(request.Http);
                    break;
                }

                throw ApiErrors.MethodNotAllowed(type.Group, type.Plural);
        }
    }

    private static bool Has(ResourceType type, string name) =>
        type.Subresources.Any(subresource => subresource.Name == name) || name == "scale" && type.Scale is not null
            || name == "status" && type.HasStatus;

    /// <summary>Lets a namespace go: only here its own finalizers change.</summary>
    private async Task FinalizeAsync(ApiRequest request, ResourceType type)
    {
        var write = ResourceEndpoint.ToWrite(request, type);
        var body = await RequestBody.ReadAsync(request.Http);
        var value = Decoder.Decode(type, body.Object, body.Duplicates, null, write.Warnings);
        var result = await state.Writer.UpdateAsync(
            write, "Update",
            current =>
            {
                var next = current.Copy();
                next.Child("spec").Put("finalizers", value.At("spec", "finalizers"));
                if (value.Text("metadata", "resourceVersion") is { } version)
                {
                    next.Child("metadata")["resourceVersion"] = version;
                }

                return next;
            },
            request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http, result);
    }

    private async Task TokenAsync(ApiRequest request, ResourceType type)
    {
        var account = state.Store.Get(type.Storage, request.Namespace, request.Name)
            ?? throw ApiErrors.NotFound(type, request.Name);
        var body = await RequestBody.ReadAsync(request.Http);
        var asked = body.Object;
        if (asked.Number("spec", "expirationSeconds") is < 600)
        {
            throw new ApiException(ApiErrors.Status(
                422, "Invalid", $"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {asked.Number("spec", "expirationSeconds")}: may not specify a duration less than 10 minutes",
                new JsonObject { ["group"] = "authentication.k8s.io", ["kind"] = "TokenRequest" }));
        }

        if (asked.Map("spec", "boundObjectRef") is { } reference && reference.Text("kind") == "Pod"
            && state.Store.Get("pods", request.Namespace, reference.Text("name") ?? "") is null)
        {
            throw ApiErrors.NotFound("", "pods", reference.Text("name") ?? "");
        }

        await Answers.WriteAsync(request.Http, state.Tokens.Issue(account, asked), 201);
    }
}
