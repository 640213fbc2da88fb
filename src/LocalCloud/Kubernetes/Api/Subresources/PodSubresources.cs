using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A pod's log, its binding to a node, its eviction.</summary>
internal sealed class PodSubresources(ClusterState state)
{
    private readonly ObjectDeleter _deleter = new(state);

    public async Task LogAsync(ApiRequest request, ResourceType type)
    {
        var pod = state.Store.Get(type.Storage, request.Namespace, request.Name) ?? throw ApiErrors.NotFound(type, request.Name);
        var names = PodDefaults.Containers(pod.Value.Map("spec")).Select(container => container.Text("name")!).ToList();
        var container = request.Query("container") ?? "";
        if (container.Length == 0)
        {
            var choice = string.Join(' ', names);
            container = names.Count == 1 ? names[0] : throw ApiErrors.BadRequest($"a container name must be specified for pod {request.Name}, choose one of: [{choice}]");
        }
        else if (!names.Contains(container))
        {
            throw ApiErrors.BadRequest($"container {container} is not valid for pod {request.Name}");
        }

        if (string.IsNullOrEmpty(pod.Value.Text("spec", "nodeName")))
        {
            throw ApiErrors.BadRequest($"pod {request.Name} does not have a host assigned");
        }

        var provider = state.PodLogs ?? throw ApiErrors.Internal("no node agent serves logs");
        var log = new PodLogRequest(
            request.Namespace, request.Name, container, request.Query("follow") == "true", Number(request, "tailLines"),
            request.Query("previous") == "true", request.Query("timestamps") == "true", Number(request, "sinceSeconds"));
        var http = request.Http;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, state.Stopping.Token);
        await using var stream = await OpenAsync(provider, log, ending.Token);
        http.Response.ContentType = "text/plain";
        await http.Response.StartAsync(ending.Token);
        await http.Response.Body.FlushAsync(ending.Token);
        http.Features.Get<RequestOutcome>()!.Log();
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, ending.Token)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
        }
    }

    public async Task BindAsync(ApiRequest request, ResourceType type)
    {
        var body = await RequestBody.ReadAsync(request.Http);
        var node = body.Object.Text("target", "name");
        if (string.IsNullOrEmpty(node))
        {
            throw ApiErrors.Invalid(type with { Kind = "Binding" }, request.Name, [FieldError.Required("target.name")]);
        }

        var write = ResourceEndpoint.ToWrite(request, type);
        await state.Writer.UpdateAsync(
            write, "Update",
            current =>
            {
                if (current.At("metadata", "deletionTimestamp") is not null)
                {
                    throw ApiErrors.Conflict(type with { Plural = "pods/binding" }, request.Name, $"pod {request.Name} is being deleted, cannot be assigned to a host");
                }

                if (current.Text("spec", "nodeName") is { Length: > 0 } taken)
                {
                    throw ApiErrors.Conflict(type with { Plural = "pods/binding" }, request.Name, $"pod {request.Name} is already assigned to node \"{taken}\"");
                }

                var next = current.Copy();
                next.Child("spec")["nodeName"] = node;
                var conditions = new JsonArray([.. current.Items("status", "conditions").Where(condition => condition.Text("type") != "PodScheduled").Select(condition => condition.DeepClone())]);
                conditions.Add(new JsonObject { ["type"] = "PodScheduled", ["status"] = "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = state.Now });
                next.Child("status")["conditions"] = conditions;
                return next;
            },
            request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 }, 201);
    }

    public async Task EvictAsync(ApiRequest request, ResourceType type)
    {
        var body = await RequestBody.ReadAsync(request.Http);
        var write = ResourceEndpoint.ToWrite(request, type) with { Subresource = "" };
        var pod = state.Store.Get(type.Storage, request.Namespace, request.Name) ?? throw ApiErrors.NotFound(type, request.Name);
        if (pod.Value.Text("status", "phase") is not ("Pending" or "Succeeded" or "Failed") && pod.Value.At("metadata", "deletionTimestamp") is null)
        {
            DemandBudget(pod);
        }

        await _deleter.DeleteAsync(write, (body.Object["deleteOptions"] as JsonObject)?.Copy() ?? [], request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 }, 201);
    }

    private void DemandBudget(StoredObject pod)
    {
        var budget = state.Store.All("policy/poddisruptionbudgets", pod.Namespace).FirstOrDefault(item =>
            item.Value.Map("spec", "selector") is { } selector && LabelSelector.Matches(selector, pod.Value.Map("metadata", "labels")));
        if (budget is not null && (budget.Value.Number("status", "disruptionsAllowed") ?? 0) == 0)
        {
            throw ApiErrors.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10, new JsonArray(new JsonObject
            {
                ["reason"] = "DisruptionBudget",
                ["message"] = $"The disruption budget {budget.Name} needs {budget.Value.Number("status", "desiredHealthy") ?? 0} healthy pods and has {budget.Value.Number("status", "currentHealthy") ?? 0} currently",
            }));
        }
    }

    private static async Task<Stream> OpenAsync(PodLogProvider provider, PodLogRequest request, CancellationToken ct)
    {
        try
        {
            return await provider(request, ct);
        }
        catch (InvalidOperationException error)
        {
            throw ApiErrors.BadRequest(error.Message);
        }
    }

    private static int? Number(ApiRequest request, string name) => int.TryParse(request.Query(name), out var number) ? number : null;
}
