using Mayfly.Aws.SecretsManager;
using Mayfly.Aws.SecretsManager.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>Secrets, those in a recovery window too: they block the names of the next environment.</summary>
public sealed class SecretLeftovers(AmazonSecretsManagerClient secrets) : ILeftovers
{
    /// <inheritdoc />
    public string Looks => "secrets, scheduled for deletion included";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<Leftover>();
        string? next = null;
        do
        {
            var page = await secrets.ListSecretsAsync(new ListSecretsRequest { NextToken = next, IncludePlannedDeletion = true }, ct);
            foreach (var secret in page.SecretList)
            {
                var tags = (secret.Tags ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value)).ToList();
                if ((ownership.ByTags(tags) ?? (tags.Count == 0 ? ownership.ByName(secret.Name ?? "") : null)) is { } owner)
                {
                    found.Add(new Leftover("secret", secret.Name!, owner.Owner, owner.Why));
                }
            }

            next = page.NextToken;
        }
        while (next is not null);

        return found;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => Gone.IsFineAsync(() =>
        secrets.DeleteSecretAsync(new DeleteSecretRequest(leftover.Id) { ForceDeleteWithoutRecovery = true }, ct));
}
