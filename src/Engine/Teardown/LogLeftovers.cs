using Mayfly.Aws.CloudWatchLogs;
using Mayfly.Aws.CloudWatchLogs.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Log groups. A dying EKS control plane writes its group once more after terraform deleted it, without any tag, and the next
/// cluster of that name fails on it: so this kind is looked for by name.
/// </summary>
public sealed class LogLeftovers(AmazonCloudWatchLogsClient logs) : ILeftovers
{
    private static readonly string[] Prefixes = ["/aws/eks/", "/aws/containerinsights/"];

    /// <inheritdoc />
    public string Looks => "log groups";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<Leftover>();
        foreach (var prefix in Prefixes)
        {
            string? next = null;
            do
            {
                var page = await logs.DescribeLogGroupsAsync(
                    new DescribeLogGroupsRequest { LogGroupNamePrefix = prefix + ownership.Only, NextToken = next }, ct);
                foreach (var name in page.LogGroups.Select(group => group.LogGroupName).OfType<string>())
                {
                    if (ownership.ByName(name) is { } owner)
                    {
                        found.Add(new Leftover("log group", name, owner.Owner, owner.Why));
                    }
                }

                next = page.NextToken;
            }
            while (next is not null);
        }

        return found;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) =>
        Gone.IsFineAsync(() => logs.DeleteLogGroupAsync(new DeleteLogGroupRequest(leftover.Id), ct));
}
