using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A pod's log, its binding to a node, its eviction.</summary>
internal sealed class PodSubresources(ClusterState state)
{
    private readonly ObjectDeleter _deleter = new(state);

    public async Task LogAsync(ApiRequest request, ResourceType type)
    {
        var pod = state.Store.Get(type.Storage, request.Namespace, request.Name)
            ?? throw ApiErrors.NotFound(type, request.Name);
        var log = PodLogStream.Read(pod.Value, request.Query);
        var provider = state.PodLogs ?? throw ApiErrors.Internal("no node agent serves logs");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Http.RequestAborted,
            state.Stopping.Token);
        await PodLogStream.StreamAsync(request.Http, provider, log, ending.Token);
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
                    throw ApiErrors.Conflict(type with { Plural = "pods/binding" }, request.Name,
                        $"pod {request.Name} is being deleted, cannot be assigned to a host");
                }

                if (current.Text("spec", "nodeName") is { Length: > 0 } taken)
                {
                    throw ApiErrors.Conflict(type with { Plural = "pods/binding" }, request.Name,
                        $"pod {request.Name} is already assigned to node \"{taken}\"");
                }

                var next = current.Copy();
                next.Child("spec")["nodeName"] = node;
                var conditions = new JsonArray([.. current.Items("status", "conditions").Where(condition =>
                    condition.Text("type") != "PodScheduled").Select(condition => condition.DeepClone())]);
                conditions.Add(new JsonObject
                {
                    ["type"] = "PodScheduled",
                    ["status"] = "True",
                    ["lastProbeTime"] = null,
                    ["lastTransitionTime"] = state.Now
                });
                next.Child("status")["conditions"] = conditions;
                return next;
            },
            request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["code"] = 201
            }, 201);
    }

    public async Task EvictAsync(ApiRequest request, ResourceType type)
    {
        var body = await RequestBody.ReadAsync(request.Http);
        var write = ResourceEndpoint.ToWrite(request, type) with { Subresource = "" };
        var pod = state.Store.Get(type.Storage, request.Namespace, request.Name)
            ?? throw ApiErrors.NotFound(type, request.Name);
        if (pod.Value.Text("status", "phase") is not ("Pending" or "Succeeded" or "Failed")
            && pod.Value.At("metadata", "deletionTimestamp") is null)
        {
            DemandBudget(pod);
        }

        await _deleter.DeleteAsync(write, (body.Object["deleteOptions"] as JsonObject)?.Copy()
            ?? [], request.Http.RequestAborted);
        ResourceEndpoint.Finish(request.Http, write);
        await Answers.WriteAsync(request.Http,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["code"] = 201
            }, 201);
    }

    private void DemandBudget(StoredObject pod)
    {
        var budget = state.Store.All("policy/poddisruptionbudgets", pod.Namespace).FirstOrDefault(item =>
            item.Value.Map("spec", "selector") is { } selector
                && LabelSelector.Matches(selector, pod.Value.Map("metadata", "labels")));
        if (budget is not null && (budget.Value.Number("status", "disruptionsAllowed") ?? 0) == 0)
        {
            throw ApiErrors.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10,
                new JsonArray(new JsonObject
                {
                    ["reason"] = "DisruptionBudget",
                    ["message"] = $"The disruption budget {budget.Name} needs {budget.Value.Number("status", "desiredHealthy") ?? 0} healthy pods and has {budget.Value.Number("status", "currentHealthy") ?? 0} currently",
                }));
        }
    }
}
