using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Clusters: CREATING, ACTIVE, DELETING, gone.</summary>
internal sealed partial class EksClusters(EksState state, EksNetwork network, EksLogGroup logs)
{
    private readonly EksOptions _options = state.Options;

    public async Task<JsonObject> CreateAsync(AwsCall call, CancellationToken ct)
    {
        var body = call.Json();
        var name = body.Str("name") ?? "";
        if (!NamePattern().IsMatch(name))
        {
            throw EksError.InvalidParameter("The cluster name must start with a letter or digit and hold only letters, digits, hyphens and underscores.");
        }

        var token = body.Str("clientRequestToken");
        lock (state.Lock)
        {
            if (Existing(name, token) is { } same)
            {
                return Answer(same);
            }
        }

        var role = body.Str("roleArn") ?? throw EksError.InvalidParameter("roleArn is required.");
        await network.CheckRoleAsync(role, ct);
        var vpc = await network.CheckSubnetsAsync(body.Obj("resourcesVpcConfig").Strings("subnetIds"), ct);

        var cluster = Describe(call, name, role, body, vpc);
        lock (state.Lock)
        {
            // Somebody else may have been faster while the subnets were looked up.
            if (Existing(name, token) is { } same)
            {
                return Answer(same);
            }

            state.Clusters[name] = cluster;
        }

        state.InBackground(stopped => StartAsync(cluster, vpc, stopped));
        lock (state.Lock)
        {
            return Answer(cluster);
        }
    }

    public JsonObject Get(AwsCall call, string name)
    {
        lock (state.Lock)
        {
            return Answer(state.Get(call, name));
        }
    }

    public JsonObject List(AwsCall call)
    {
        lock (state.Lock)
        {
            return EksPages.Page(call, "clusters", state.Clusters.Values.Where(cluster => cluster.Region == call.Region).Select(cluster => cluster.Name));
        }
    }

    public JsonObject Delete(AwsCall call, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, name);
            if (cluster.Nodegroups.Count > 0)
            {
                throw EksError.InUse("Cluster has nodegroups attached");
            }

            if (cluster.FargateProfiles.Count > 0)
            {
                throw EksError.InUse("Cluster has fargate profiles attached");
            }

            if (cluster.Document.Bool("deletionProtection") == true)
            {
                throw EksError.InvalidRequest($"Cluster '{name}' has deletion protection enabled.");
            }

            if (cluster.Status is "CREATING" or "DELETING")
            {
                throw EksError.InUse(cluster.Status == "CREATING"
                    ? $"Cluster '{name}' is being created and cannot be deleted yet."
                    : $"Cluster '{name}' is already being deleted.");
            }

            cluster.Status = "DELETING";
            state.InBackground(stopped => EndAsync(cluster, stopped));
            return Answer(cluster);
        }
    }

    private EksCluster? Existing(string name, string? token)
    {
        if (!state.Clusters.TryGetValue(name, out var cluster))
        {
            return null;
        }

        return token is not null && cluster.ClientRequestToken == token ? cluster : throw EksError.InUse($"Cluster already exists with name: {name}");
    }

    private EksCluster Describe(AwsCall call, string name, string role, JsonObject body, string vpc)
    {
        var arn = $"arn:aws:eks:{call.Region}:{_options.Account}:cluster/{name}";
        var creator = _options.Principals.Find(call.AccessKey)?.IamArn;
        var cluster = new EksCluster
        {
            Name = name,
            Region = call.Region,
            Arn = arn,
            CreatorArn = creator,
            ClientRequestToken = body.Str("clientRequestToken"),
            Document = EksDocuments.Cluster(name, arn, role, body, vpc, _options),
            OidcIssuer = $"https://oidc.eks.{call.Region}.amazonaws.com/id/{Convert.ToHexString(Guid.NewGuid().ToByteArray())}",
        };
        if (creator is not null && cluster.Document.Obj("accessConfig").Bool("bootstrapClusterCreatorAdminPermissions") == true)
        {
            EksAccess.Bootstrap(state, cluster, creator);
        }

        return cluster;
    }

    private async Task StartAsync(EksCluster cluster, string vpc, CancellationToken ct)
    {
        try
        {
            var started = StartBackendAsync(cluster, vpc, ct);
            await state.AtLeastAsync(_options.ClusterCreation, started, ct);
            var access = await started;
            lock (state.Lock)
            {
                cluster.Document["endpoint"] = access.Endpoint.AbsoluteUri.TrimEnd('/');
                cluster.Document["certificateAuthority"] = new JsonObject
                {
                    ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(access.AuthorityPem)),
                };
                cluster.Document["identity"] = new JsonObject { ["oidc"] = new JsonObject { ["issuer"] = cluster.OidcIssuer } };
                cluster.Document["platformVersion"] = "eks.1";
                cluster.Status = "ACTIVE";
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            lock (state.Lock)
            {
                cluster.Status = "FAILED";
                cluster.Document["health"] = EksDocuments.Health("InternalFailure", $"The control plane did not start: {exception.Message}", cluster.Name);
            }
        }
    }

    private async Task<EksClusterAccess> StartBackendAsync(EksCluster cluster, string vpc, CancellationToken ct)
    {
        if (_options.Fails("StartControlPlane"))
        {
            throw new InvalidOperationException("an injected fault");
        }

        await network.AttachAsync(cluster, vpc, ct);
        if (cluster.Logs)
        {
            await logs.EnsureAsync(cluster, ct);
        }

        var cidr = cluster.Document.Obj("kubernetesNetworkConfig").Str("serviceIpv4Cidr") ?? "172.20.0.0/16";
        var version = cluster.Document.Str("version")!;
        return await _options.Backend.CreateAsync(new EksClusterSpec(cluster.Name, cluster.Region, cluster.Arn, version, cluster.OidcIssuer, cidr), ct);
    }

    private async Task EndAsync(EksCluster cluster, CancellationToken ct)
    {
        await state.AtLeastAsync(_options.ClusterDeletion, _options.Backend.DeleteAsync(cluster.Name, ct), ct);
        await network.DetachAsync(cluster, ct);
        lock (state.Lock)
        {
            state.Clusters.Remove(cluster.Name);
        }

        if (cluster.Logs)
        {
            await Task.Delay(_options.LastLogLines, _options.Clock, ct);
            await logs.EnsureAsync(cluster, ct);
        }
    }

    private static JsonObject Answer(EksCluster cluster) => new() { ["cluster"] = cluster.Document.DeepClone() };

    [GeneratedRegex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")]
    private static partial Regex NamePattern();
}
