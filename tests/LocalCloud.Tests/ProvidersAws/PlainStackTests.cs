using System.Text.Json;
using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The stand-in for hashicorp/aws with a plain EKS stack, through the real terraform.</summary>
public sealed class PlainStackTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Tags = "{ Env = \"pr-42\", Owner = \"mayfly\" }";

    [Fact]
    public async Task It_is_applied_once_then_left_alone_and_destroyed_without_a_trace()
    {
        var before = await Leftovers.CountAsync(aws);
        using var root = await AwsRoot.CreateAsync(aws, PlainStack.Configuration("plain", 50), Tags);

        await root.ApplyAsync();

        var mark = aws.Aws.Proxy.Log.Last;
        Assert.False(await root.HasChangesAsync());
        Assert.Empty(aws.Aws.Proxy.Log.WritesSince(mark));
        var vpc = await root.StateAsync("aws_vpc.this");
        Assert.StartsWith("vpc-", vpc.Text("id"), StringComparison.Ordinal);
        Assert.Equal($"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.Text("id")}", vpc.Text("arn"));
        Assert.Equal("plain", vpc.GetProperty("tags_all").Text("Name"));
        Assert.Equal("mayfly", vpc.GetProperty("tags_all").Text("Owner"));
        Assert.False(vpc.GetProperty("tags").TryGetProperty("Owner", out _));
        Assert.Equal("plain:default", (await root.StateAsync("aws_eks_node_group.this")).Text("id"));
        Assert.Equal("inline", (await root.StateAsync("aws_iam_role_policy.inline")).Text("name"));
        Assert.StartsWith("k8s-aws-v1.", (await root.StateAsync("data.aws_eks_cluster_auth.this")).Text("token"), StringComparison.Ordinal);

        await root.MustAsync("destroy", "-no-color", "-auto-approve");
        Assert.Equal(before, await Leftovers.CountAsync(aws));
    }

    [Fact]
    public async Task Each_of_its_types_is_imported_as_it_is()
    {
        using var root = await AwsRoot.CreateAsync(aws, PlainStack.Configuration("imported", 51), Tags);
        await root.ApplyAsync();
        var count = await root.ForgetAndImportAsync();

        var changes = (await root.PlanAsync()).Where(change => !change.Key.StartsWith("data.", StringComparison.Ordinal)).ToList();

        Assert.Equal(count, changes.Count(change => change.Value.TryGetProperty("importing", out _)));
        // Nobody can read off a secret what will be done when it is deleted.
        Assert.Equal(["aws_secretsmanager_secret.this: update"],
            changes.Where(change => change.Value.Actions() != "no-op").Select(change => $"{change.Key}: {change.Value.Actions()}"));

        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task It_is_changed_in_place_or_replaced_as_by_the_real_provider()
    {
        var configuration = PlainStack.Configuration("changed", 52);
        using var root = await AwsRoot.CreateAsync(aws, configuration);
        await root.ApplyAsync();
        var main = await File.ReadAllTextAsync(Path.Combine(root.Folder, "main.tf"), TestContext.Current.CancellationToken);
        foreach (var (from, to) in new[]
        {
            ("retention_in_days = 7", "retention_in_days = 14"), ("max_size     = 2", "max_size     = 3"), ("{ role = \"app\" }", "{ role = \"web\" }"),
            ("[\"api\", \"audit\"]", "[\"api\"]"), ("[\"10.0.0.0/8\"]", "[\"10.0.0.0/8\", \"192.168.0.0/16\"]"), ("description              = \"web\"", "description              = \"net\""),
            ("cidr_ipv4         = \"10.1.0.0/16\"", "cidr_ipv4         = \"10.2.0.0/16\""), ("Action = [\"s3:Get*\"]", "Action = [\"s3:Put*\"]"),
            ("from_port                = 80", "from_port                = 79"), ("key = \"value\"", "key = \"other\""),
            ("namespace       = \"app\"", "namespace       = \"web\""), ("instance_types  = [\"t3.medium\"]", "instance_types  = [\"t3.large\"]"),
            ("map_public_ip_on_launch = true", "map_public_ip_on_launch = false"), ("{ Name = local.name }", "{ Name = \"other\" }"),
        })
        {
            Assert.Contains(from, main, StringComparison.Ordinal);
            main = main.Replace(from, to, StringComparison.Ordinal);
        }

        root.Write("main.tf", main);
        var changes = await root.PlanAsync();

        foreach (var (address, expected) in new[]
        {
            ("aws_cloudwatch_log_group.cluster", "update"), ("aws_vpc.this", "update"), ("aws_subnet.public[0]", "update"), ("aws_eks_cluster.this", "update"),
            ("aws_security_group.inline", "update"), ("aws_vpc_security_group_ingress_rule.ssh", "update"), ("aws_iam_role_policy.inline", "update"),
            ("aws_security_group_rule.web", "delete/create"), ("aws_secretsmanager_secret_version.this", "delete/create"),
            ("aws_eks_pod_identity_association.app", "delete/create"), ("aws_eks_node_group.this", "delete/create"), ("aws_iam_role.cluster", "no-op"),
        })
        {
            Assert.Equal($"{address} {expected}", $"{address} {changes[address].Actions()}");
        }

        await root.MustAsync("apply", "-no-color", "plan");
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }
}
