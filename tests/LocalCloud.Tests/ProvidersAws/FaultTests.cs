using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The stand-in for hashicorp/aws when AWS is not at its best.</summary>
public sealed class FaultTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Network = """
        resource "aws_vpc" "a" {
          cidr_block = "10.63.0.0/16"
        }
        """;

    [Fact]
    public async Task Throttling_and_cut_connections_are_ridden_out()
    {
        using var root = await AwsRoot.CreateAsync(aws, Network);
        aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Throttle, Service = "ec2", Action = "CreateVpc", Times = 2 });
        aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Reset, Service = "ec2", Action = "DescribeVpcs", Times = 2 });
        aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.ServerError, Service = "ec2", Action = "DescribeRouteTables", Times = 1 });
        var mark = aws.Aws.Proxy.Log.Last;

        await root.ApplyAsync();

        Assert.DoesNotContain(aws.Aws.Proxy.Faults.Rules, rule => rule.Times > 0);
        Assert.Equal(3, aws.Aws.Proxy.Log.Since(mark).Count(entry => entry.Action == "CreateVpc"));
        aws.Aws.Proxy.Faults.Clear();
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task Who_may_not_is_told_so_at_once()
    {
        using var root = await AwsRoot.CreateAsync(aws, Network);
        var rule = aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Deny, Service = "ec2", Action = "CreateVpc" });
        var mark = aws.Aws.Proxy.Log.Last;

        var refused = string.Join(' ', (await root.RunAsync("apply", "-no-color", "-auto-approve")).Errors.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        aws.Aws.Proxy.Faults.Remove(rule.Id);
        Assert.Contains("Error: creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 403, RequestID: ", refused, StringComparison.Ordinal);
        Assert.Contains("api error UnauthorizedOperation: ", refused, StringComparison.Ordinal);
        Assert.Single(aws.Aws.Proxy.Log.Since(mark), entry => entry.Action == "CreateVpc");
    }

    [Fact]
    public async Task An_interrupt_ends_the_waiting_and_loses_nothing()
    {
        using var root = await AwsRoot.CreateAsync(aws, Network);
        var rule = aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Latency, Service = "ec2", Action = "DescribeVpcs", Latency = TimeSpan.FromMinutes(2) });
        var mark = aws.Aws.Proxy.Log.Last;

        await root.InterruptAsync(
            () => Task.FromResult(aws.Aws.Proxy.Log.Since(mark).Any(entry => entry.Action == "CreateVpc")), "apply", "-no-color", "-auto-approve");

        aws.Aws.Proxy.Faults.Remove(rule.Id);
        Assert.StartsWith("vpc-", (await root.StateAsync("aws_vpc.a")).Text("id"), StringComparison.Ordinal);
        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task What_fails_after_it_was_created_stays_in_the_state_and_is_made_anew()
    {
        using var root = await AwsRoot.CreateAsync(aws, Network + "\n" + """
            resource "aws_subnet" "a" {
              vpc_id                  = aws_vpc.a.id
              cidr_block              = "10.63.1.0/24"
              map_public_ip_on_launch = true
            }
            """);
        var rule = aws.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Deny, Service = "ec2", Action = "ModifySubnetAttribute" });
        var failed = await root.RunAsync("apply", "-no-color", "-auto-approve");
        aws.Aws.Proxy.Faults.Remove(rule.Id);

        Assert.Equal(1, failed.ExitCode);
        Assert.StartsWith("subnet-", (await root.StateAsync("aws_subnet.a")).Text("id"), StringComparison.Ordinal);
        Assert.Equal("delete/create", (await root.PlanAsync())["aws_subnet.a"].Actions());
        await root.MustAsync("apply", "-no-color", "plan");
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }
}
