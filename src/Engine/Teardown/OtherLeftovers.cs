using Mayfly.Aws.ResourceGroupsTaggingAPI;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Whatever else carries the owner tag, in services that nothing here removes by itself: queues, databases, buckets of a user's
/// own root. They are listed, so that nobody takes "gone" for granted.
/// </summary>
public sealed class OtherLeftovers(AmazonResourceGroupsTaggingAPIClient tagging) : ILeftovers
{
    // These have a finder of their own that looks directly; the listing of tags lags behind and would name what is gone.
    private static readonly string[] LookedAt = ["ec2", "eks", "iam", "logs", "secretsmanager", "elasticloadbalancing", "route53"];

    /// <inheritdoc />
    public string Looks => "every tagged resource of other services";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<Leftover>();
        string? next = null;
        do
        {
            var filter = new TagFilter(EnvironmentIdentity.OwnerTag, ownership.Only is { } only ? [only] : []);
            var page = await tagging.GetResourcesAsync(new GetResourcesRequest { TagFilters = [filter], PaginationToken = next }, ct);
            foreach (var resource in page.ResourceTagMappingList)
            {
                var arn = resource.ResourceARN ?? "";
                if (arn.Split(':') is [_, _, var service, ..] && !LookedAt.Contains(service)
                    && ownership.ByTags((resource.Tags ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value))) is { } owner)
                {
                    found.Add(new Leftover(service, arn, owner.Owner, owner.Why));
                }
            }

            next = string.IsNullOrEmpty(page.PaginationToken) ? null : page.PaginationToken;
        }
        while (next is not null);

        return found;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => Task.CompletedTask;
}
