using System.Text.Json.Nodes;
using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>The machines of node groups, as EC2 instances in moto: with tags, addresses and interfaces that block their subnets.</summary>
internal sealed class EksInstances(EksOptions options) : IDisposable
{
    // Any image will do: nothing boots from it.
    private const string Image = "ami-12c6146b";

    private readonly AmazonEC2Client _ec2 = options.Moto.CreateEc2();

    /// <summary>Makes the instances as many as are desired.</summary>
    public async Task<IReadOnlyList<EksNode>> SetAsync(EksCluster cluster, JsonObject group, CancellationToken ct)
    {
        var name = group.Str("nodegroupName")!;
        var running = await FindAsync(cluster, name, ct);
        var desired = group.Obj("scalingConfig").Int("desiredSize") ?? 1;
        var subnets = group.Strings("subnets");
        for (var index = running.Count; index < desired; index++)
        {
            await RunAsync(cluster, group, subnets[index % subnets.Count], ct);
        }

        if (running.Count > desired)
        {
            var surplus = running.Skip(desired).Select(instance => instance.InstanceId).ToList();
            await _ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = surplus }, ct);
        }

        return [.. (await FindAsync(cluster, name, ct)).Select(instance => Node(cluster, group, instance))];
    }

    /// <summary>Ends all instances of a node group.</summary>
    public async Task RemoveAsync(EksCluster cluster, string nodegroup, CancellationToken ct)
    {
        var instances = await FindAsync(cluster, nodegroup, ct);
        if (instances.Count > 0)
        {
            await _ec2.TerminateInstancesAsync(
                new TerminateInstancesRequest { InstanceIds = [.. instances.Select(instance => instance.InstanceId)] }, ct);
        }
    }

    private async Task RunAsync(EksCluster cluster, JsonObject group, string subnet, CancellationToken ct)
    {
        List<Tag> tags =
        [
            new Tag("eks:cluster-name", cluster.Name),
            new Tag("eks:nodegroup-name", group.Str("nodegroupName")),
            new Tag($"kubernetes.io/cluster/{cluster.Name}", "owned"),
        ];
        var security = cluster.Document.Obj("resourcesVpcConfig").Str("clusterSecurityGroupId");
        await _ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = Image,
            InstanceType = group.Strings("instanceTypes").FirstOrDefault() ?? "t3.medium",
            MinCount = 1,
            MaxCount = 1,
            NetworkInterfaces =
            [
                new InstanceNetworkInterfaceSpecification
                {
                    DeviceIndex = 0,
                    SubnetId = subnet,
                    Groups = security is null ? [] : [security],
                    DeleteOnTermination = true,
                },
            ],
            TagSpecifications = [new TagSpecification { ResourceType = ResourceType.Instance, Tags = tags }],
        }, ct);
    }

    private async Task<List<Instance>> FindAsync(EksCluster cluster, string nodegroup, CancellationToken ct)
    {
        var found = await _ec2.DescribeInstancesAsync(new DescribeInstancesRequest
        {
            Filters =
            [
                new Filter("tag:eks:cluster-name", [cluster.Name]),
                new Filter("tag:eks:nodegroup-name", [nodegroup]),
                new Filter("instance-state-name", ["pending", "running"]),
            ],
        }, ct);
        return [.. (found.Reservations ?? []).SelectMany(reservation => reservation.Instances).OrderBy(instance => instance.InstanceId, StringComparer.Ordinal)];
    }

    private static EksNode Node(EksCluster cluster, JsonObject group, Instance instance)
    {
        var labels = (group.Obj("labels") ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
        var taints = (group["taints"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(taint => new EksTaint(taint.Str("key")!, taint.Str("value"), Effect(taint.Str("effect")!)));
        var suffix = cluster.Region == "us-east-1" ? "ec2.internal" : $"{cluster.Region}.compute.internal";
        return new EksNode(
            $"ip-{instance.PrivateIpAddress.Replace('.', '-')}.{suffix}", group.Str("nodegroupName")!, instance.InstanceId,
            instance.InstanceType.Value, instance.Placement.AvailabilityZone, cluster.Region, instance.PrivateIpAddress, labels, [.. taints]);
    }

    // EKS writes NO_SCHEDULE where Kubernetes writes NoSchedule.
    private static string Effect(string effect) => effect switch
    {
        "NO_SCHEDULE" => "NoSchedule",
        "NO_EXECUTE" => "NoExecute",
        "PREFER_NO_SCHEDULE" => "PreferNoSchedule",
        _ => effect,
    };

    public void Dispose() => _ec2.Dispose();
}
