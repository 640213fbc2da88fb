using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Aws.Mends;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>
/// EKS. moto's has neither endpoints nor states, add-ons or access entries, so this one answers in its place: its clusters are real
/// Kubernetes APIs that a backend starts.
/// </summary>
public sealed class EksService : IMend, IAsyncDisposable
{
    private readonly EksState _state;
    private readonly EksNetwork _network;
    private readonly EksInstances _instances;
    private readonly EksClusters _clusters;
    private readonly EksNodegroups _nodegroups;
    private readonly EksAddons _addons;
    private readonly EksAccess _access;
    private readonly EksFargateProfiles _fargate;
    private readonly EksPodIdentities _identities;
    private readonly EksUpdates _updates;
    private readonly EksTags _tags;

    public EksService(EksOptions options)
    {
        _state = new EksState(options);
        _network = new EksNetwork(options, _state.Lock);
        _instances = new EksInstances(options);
        _clusters = new EksClusters(_state, _network, new EksLogGroup(options));
        _nodegroups = new EksNodegroups(_state, _network, _instances);
        _addons = new EksAddons(_state);
        _access = new EksAccess(_state);
        _fargate = new EksFargateProfiles(_state);
        _identities = new EksPodIdentities(_state);
        _updates = new EksUpdates(_state);
        _tags = new EksTags(_state);
    }

    /// <summary>The clusters that there are, for the control API.</summary>
    public IReadOnlyList<EksClusterView> Clusters
    {
        get
        {
            lock (_state.Lock)
            {
                return [.. _state.Clusters.Values.Select(EksClusterView.Of)];
            }
        }
    }

    /// <summary>One cluster; null: there is none.</summary>
    public EksClusterView? Find(string name) => Clusters.FirstOrDefault(cluster => cluster.Name == name);

    /// <summary>Everything in a region with its tags, for the tagging API.</summary>
    public IReadOnlyList<(string Arn, IReadOnlyDictionary<string, string> Tags)> Tagged(string region) => _tags.All(region);

    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call.Service == "eks";

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        try
        {
            return EksRoutes.Find(call.Method, call.Path) is { } route
                ? AwsReply.Json(await AnswerAsync(call, route, ct))
                : AwsErrorReply.Make(call, 400, "UnknownOperationException", $"The local cloud's EKS does not know {call.Method} {call.Path}.");
        }
        catch (EksError error)
        {
            return AwsErrorReply.Make(call, error.Status, error.Code, error.Message);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _state.DisposeAsync();
        _network.Dispose();
        _instances.Dispose();
    }

    private async Task<JsonObject> AnswerAsync(AwsCall call, EksRoute route, CancellationToken ct) => (route.Action, route.Names) switch
    {
        ("CreateCluster", _) => await _clusters.CreateAsync(call, ct),
        ("ListClusters", _) => _clusters.List(call),
        ("DescribeCluster", [var name]) => _clusters.Get(call, name),
        ("DeleteCluster", [var name]) => _clusters.Delete(call, name),
        ("UpdateClusterConfig", [var name]) => _updates.Config(call, name),
        ("UpdateClusterVersion", [var name]) => _updates.Version(call, name),
        ("AssociateEncryptionConfig", [var name]) => _updates.Encrypt(call, name),
        ("ListUpdates", [var name]) => _updates.List(call, name),
        ("DescribeUpdate", [var name, var id]) => _updates.Get(call, name, id),
        ("CreateNodegroup", [var name]) => await _nodegroups.CreateAsync(call, name, ct),
        ("ListNodegroups", [var name]) => _nodegroups.List(call, name),
        ("DescribeNodegroup", [var name, var group]) => _nodegroups.Get(call, name, group),
        ("DeleteNodegroup", [var name, var group]) => _nodegroups.Delete(call, name, group),
        ("UpdateNodegroupConfig", [var name, var group]) => _nodegroups.UpdateConfig(call, name, group),
        ("UpdateNodegroupVersion", [var name, var group]) => _nodegroups.UpdateVersion(call, name, group),
        ("CreateAddon", [var name]) => _addons.Create(call, name),
        ("ListAddons", [var name]) => _addons.List(call, name),
        ("DescribeAddon", [var name, var addon]) => _addons.Get(call, name, addon),
        ("UpdateAddon", [var name, var addon]) => _addons.Update(call, name, addon),
        ("DeleteAddon", [var name, var addon]) => _addons.Delete(call, name, addon),
        ("DescribeAddonVersions", _) => _addons.Versions(call),
        ("DescribeClusterVersions", _) => EksVersions.Describe(_state.Options.DefaultVersion),
        ("CreateFargateProfile", [var name]) => _fargate.Create(call, name),
        ("ListFargateProfiles", [var name]) => _fargate.List(call, name),
        ("DescribeFargateProfile", [var name, var profile]) => _fargate.Get(call, name, profile),
        ("DeleteFargateProfile", [var name, var profile]) => _fargate.Delete(call, name, profile),
        ("CreateAccessEntry", [var name]) => _access.Create(call, name),
        ("ListAccessEntries", [var name]) => _access.List(call, name),
        ("DescribeAccessEntry", [var name, var principal]) => _access.Get(call, name, principal),
        ("UpdateAccessEntry", [var name, var principal]) => _access.Update(call, name, principal),
        ("DeleteAccessEntry", [var name, var principal]) => _access.Delete(call, name, principal),
        ("AssociateAccessPolicy", [var name, var principal]) => _access.Associate(call, name, principal),
        ("ListAssociatedAccessPolicies", [var name, var principal]) => _access.Associated(call, name, principal),
        ("DisassociateAccessPolicy", [var name, var principal, var policy]) => _access.Disassociate(call, name, principal, policy),
        ("CreatePodIdentityAssociation", [var name]) => _identities.Create(call, name),
        ("ListPodIdentityAssociations", [var name]) => _identities.List(call, name),
        ("DescribePodIdentityAssociation", [var name, var id]) => _identities.Get(call, name, id),
        ("DeletePodIdentityAssociation", [var name, var id]) => _identities.Delete(call, name, id),
        ("ListTagsForResource", [var arn]) => _tags.List(arn),
        ("TagResource", [var arn]) => _tags.Add(call, arn),
        ("UntagResource", [var arn]) => _tags.Remove((call.Parameter("tagKeys") ?? "").Split(','), arn),
        _ => throw EksError.InvalidRequest($"{route.Action} is not known here."),
    };
}
