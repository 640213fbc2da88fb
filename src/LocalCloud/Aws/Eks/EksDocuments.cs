using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>EKS's documents with the defaults that AWS fills in.</summary>
internal static class EksDocuments
{
    public static JsonObject Cluster(string name, string arn, string role, JsonObject body, string vpc, EksOptions options)
    {
        var network = body.Obj("resourcesVpcConfig")!;
        var access = body.Obj("accessConfig") ?? [];
        var cluster = new JsonObject
        {
            ["name"] = name,
            ["arn"] = arn,
            ["createdAt"] = options.Clock.Epoch(),
            ["version"] = body.Str("version") ?? options.DefaultVersion,
            ["roleArn"] = role,
            ["resourcesVpcConfig"] = new JsonObject
            {
                ["subnetIds"] = network.Strings("subnetIds").ToJson(),
                ["securityGroupIds"] = network.Strings("securityGroupIds").ToJson(),
                ["vpcId"] = vpc,
                ["endpointPublicAccess"] = network.Bool("endpointPublicAccess") ?? true,
                ["endpointPrivateAccess"] = network.Bool("endpointPrivateAccess") ?? false,
                ["publicAccessCidrs"] = network.Copy("publicAccessCidrs", () => new JsonArray("0.0.0.0/0")),
            },
            ["kubernetesNetworkConfig"] = new JsonObject
            {
                ["serviceIpv4Cidr"] = body.Obj("kubernetesNetworkConfig").Str("serviceIpv4Cidr") ?? "172.20.0.0/16",
                ["ipFamily"] = body.Obj("kubernetesNetworkConfig").Str("ipFamily") ?? "ipv4",
                ["elasticLoadBalancing"] = new JsonObject { ["enabled"] = false },
            },
            ["logging"] = body.Copy("logging", () => new JsonObject
            {
                ["clusterLogging"] = new JsonArray(Log(["api", "audit", "authenticator", "controllerManager", "scheduler"], false)),
            }),
            ["status"] = "CREATING",
            ["certificateAuthority"] = new JsonObject(),
            ["health"] = new JsonObject { ["issues"] = new JsonArray() },
            ["accessConfig"] = new JsonObject
            {
                ["authenticationMode"] = access.Str("authenticationMode") ?? "CONFIG_MAP",
                ["bootstrapClusterCreatorAdminPermissions"] = access.Bool("bootstrapClusterCreatorAdminPermissions") ?? true,
            },
            ["upgradePolicy"] = body.Copy("upgradePolicy", () => new JsonObject { ["supportType"] = "EXTENDED" }),
            ["deletionProtection"] = body.Bool("deletionProtection") ?? false,
            ["tags"] = body.Copy("tags", () => new JsonObject()),
        };
        foreach (var part in (string[])["encryptionConfig", "computeConfig", "storageConfig", "zonalShiftConfig", "remoteNetworkConfig"])
        {
            body.CopyTo(part, cluster);
        }

        return cluster;
    }

    public static JsonObject Nodegroup(EksCluster cluster, string name, string arn, JsonObject body, EksOptions options)
    {
        var version = body.Str("version") ?? cluster.Document.Str("version")!;
        var scaling = body.Obj("scalingConfig") ?? [];
        var group = new JsonObject
        {
            ["nodegroupName"] = name,
            ["nodegroupArn"] = arn,
            ["clusterName"] = cluster.Name,
            ["version"] = version,
            ["releaseVersion"] = body.Str("releaseVersion") ?? $"{version}.0-20260101",
            ["createdAt"] = options.Clock.Epoch(),
            ["modifiedAt"] = options.Clock.Epoch(),
            ["status"] = "CREATING",
            ["capacityType"] = body.Str("capacityType") ?? "ON_DEMAND",
            ["scalingConfig"] = new JsonObject
            {
                ["minSize"] = scaling.Int("minSize") ?? 1,
                ["maxSize"] = scaling.Int("maxSize") ?? 2,
                ["desiredSize"] = scaling.Int("desiredSize") ?? 2,
            },
            ["instanceTypes"] = body.Copy("instanceTypes", () => new JsonArray("t3.medium")),
            ["subnets"] = body.Copy("subnets", () => new JsonArray()),
            ["amiType"] = body.Str("amiType") ?? "AL2023_x86_64_STANDARD",
            ["nodeRole"] = body.Str("nodeRole"),
            ["labels"] = body.Copy("labels", () => new JsonObject()),
            ["taints"] = body.Copy("taints", () => new JsonArray()),
            ["health"] = new JsonObject { ["issues"] = new JsonArray() },
            ["updateConfig"] = body.Copy("updateConfig", () => new JsonObject { ["maxUnavailable"] = 1 }),
            ["resources"] = new JsonObject
            {
                ["autoScalingGroups"] = new JsonArray(new JsonObject { ["name"] = $"eks-{name}-{Guid.NewGuid()}" }),
            },
            ["tags"] = body.Copy("tags", () => new JsonObject()),
        };
        body.CopyTo("launchTemplate", group);
        body.CopyTo("remoteAccess", group);
        if (body["launchTemplate"] is null)
        {
            group["diskSize"] = body.Int("diskSize") ?? 20;
        }

        return group;
    }

    public static JsonObject Health(string code, string message, params string[] ids) => new()
    {
        ["issues"] = new JsonArray(new JsonObject { ["code"] = code, ["message"] = message, ["resourceIds"] = ids.ToJson() }),
    };

    private static JsonObject Log(string[] types, bool enabled) => new() { ["types"] = types.ToJson(), ["enabled"] = enabled };
}
