using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Node groups: their machines are EC2 instances in moto, their nodes appear in the cluster.</summary>
internal sealed class EksNodegroups(EksState state, EksNetwork network, EksInstances instances)
{
    private readonly EksOptions _options = state.Options;

    public async Task<JsonObject> CreateAsync(AwsCall call, string clusterName, CancellationToken ct)
    {
        var body = call.Json();
        var name = body.Str("nodegroupName") ?? throw EksError.InvalidParameter("nodegroupName is required.");
        lock (state.Lock)
        {
            CheckNew(state.GetActive(call, clusterName), name);
        }

        await network.CheckRoleAsync(body.Str("nodeRole") ?? throw EksError.InvalidParameter("nodeRole is required."), ct);
        await network.SubnetsAsync(body.Strings("subnets"), ct);
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, clusterName);
            CheckNew(cluster, name);
            var arn = state.Arn(cluster, "nodegroup", name, Guid.NewGuid().ToString());
            var group = cluster.Nodegroups[name] = EksDocuments.Nodegroup(cluster, name, arn, body, _options);
            EksAccess.AdmitNodes(state, cluster, body.Str("nodeRole")!);
            state.InBackground(stopped => JoinAsync(cluster, name, group, stopped));
            return Answer(group);
        }
    }

    public JsonObject Get(AwsCall call, string cluster, string name)
    {
        lock (state.Lock)
        {
            return Answer(Find(state.Get(call, cluster), name));
        }
    }

    public JsonObject List(AwsCall call, string cluster)
    {
        lock (state.Lock)
        {
            return EksPages.Page(call, "nodegroups", state.Get(call, cluster).Nodegroups.Keys);
        }
    }

    public JsonObject UpdateConfig(AwsCall call, string clusterName, string name)
    {
        var body = call.Json();
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var group = Find(cluster, name);
            if (group.Str("status") is not ("ACTIVE" or "DEGRADED"))
            {
                throw EksError.InUse($"Nodegroup cannot be updated as it is currently not in Active State");
            }

            EksNodegroupUpdate.Apply(group, body);
            group["modifiedAt"] = _options.Clock.Epoch();
            group["status"] = "UPDATING";
            state.InBackground(stopped => JoinAsync(cluster, name, group, stopped));
            return state.Updated(cluster, "ConfigUpdate");
        }
    }

    public JsonObject UpdateVersion(AwsCall call, string clusterName, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var group = Find(cluster, name);
            group["version"] = call.Json().Str("version") ?? cluster.Document.Str("version");
            return state.Updated(cluster, "VersionUpdate");
        }
    }

    public JsonObject Delete(AwsCall call, string clusterName, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var group = Find(cluster, name);
            if (group.Str("status") == "DELETING")
            {
                throw EksError.InUse($"Nodegroup {name} is already being deleted.");
            }

            group["status"] = "DELETING";
            state.InBackground(stopped => LeaveAsync(cluster, name, group, stopped));
            return Answer(group);
        }
    }

    private async Task JoinAsync(EksCluster cluster, string name, JsonObject group, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_options.JoinPatience);
        try
        {
            var joined = JoinNodesAsync(cluster, name, group, patience.Token);
            await state.AtLeastAsync(_options.NodegroupChange, joined, ct);
            Set(group, "ACTIVE", null);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The local cloud stops.
        }
        catch (Exception exception)
        {
            var nodes = cluster.Nodes.GetValueOrDefault(name) ?? [];
            var why = exception is OperationCanceledException ? "Instances failed to join the kubernetes cluster" : exception.Message;
            Set(group, "CREATE_FAILED", EksDocuments.Health("NodeCreationFailure", why, [.. nodes.Select(node => node.InstanceId)]));
        }
    }

    private async Task JoinNodesAsync(EksCluster cluster, string name, JsonObject group, CancellationToken ct)
    {
        JsonObject document;
        lock (state.Lock)
        {
            document = (JsonObject)group.DeepClone();
        }

        var nodes = await instances.SetAsync(cluster, document, ct);
        lock (state.Lock)
        {
            cluster.Nodes[name] = nodes;
        }

        if (_options.Fails("JoinNodes"))
        {
            // They run and never report, which nobody tells EKS.
            await Task.Delay(Timeout.InfiniteTimeSpan, _options.Clock, ct);
        }

        await _options.Backend.SetNodesAsync(cluster.Name, name, nodes, ct);
    }

    private async Task LeaveAsync(EksCluster cluster, string name, JsonObject group, CancellationToken ct)
    {
        await state.AtLeastAsync(_options.NodegroupChange, _options.Backend.SetNodesAsync(cluster.Name, name, [], ct), ct);
        await instances.RemoveAsync(cluster, name, ct);
        lock (state.Lock)
        {
            cluster.Nodegroups.Remove(name);
            cluster.Nodes.Remove(name);
        }
    }

    private void Set(JsonObject group, string status, JsonObject? health)
    {
        lock (state.Lock)
        {
            // Deleting a group that is still being made wins.
            if (group.Str("status") == "DELETING")
            {
                return;
            }

            group["status"] = status;
            group["health"] = health ?? new JsonObject { ["issues"] = new JsonArray() };
        }
    }

    private static void CheckNew(EksCluster cluster, string name)
    {
        if (cluster.Nodegroups.ContainsKey(name))
        {
            throw EksError.InUse($"NodeGroup already exists with name {name} and cluster name {cluster.Name}");
        }
    }

    private static JsonObject Find(EksCluster cluster, string name) =>
        cluster.Nodegroups.GetValueOrDefault(name) ?? throw EksError.NotFound($"No node group found for name: {name}.");

    private static JsonObject Answer(JsonObject group) => new() { ["nodegroup"] = group.DeepClone() };
}
