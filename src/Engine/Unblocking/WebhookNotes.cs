using System.Text.Json;
using System.Text.Json.Serialization;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Unblocking;

/// <summary>What is known of a webhook configuration some of whose entries a run opened.</summary>
/// <param name="Kind">Which kind of configuration.</param>
/// <param name="Configuration">Its name.</param>
/// <param name="Uid">Its incarnation: one that was made anew since is another's work and is left alone.</param>
/// <param name="Entries">Names of the entries that were opened.</param>
/// <param name="RunId">The run that did.</param>
/// <param name="AsItWas">The whole configuration before that.</param>
public sealed record WebhookNote(WebhookKind Kind, string Configuration, string Uid, IReadOnlyList<string> Entries, string RunId, string AsItWas)
{
    public override string ToString() => $"{Kind}WebhookConfiguration {Configuration}";

    /// <summary>Whether the note is about a configuration.</summary>
    public bool IsAbout(WebhookConfiguration found) => Kind == found.Kind && Configuration == found.Metadata.Name && Uid == found.Metadata.Uid;
}

/// <summary>
/// The webhooks that are out of the way just now, beside the state. A note is written before the cluster is touched and goes once
/// the webhook is back, so that a run that is killed in between leaves word of it.
/// </summary>
public sealed class WebhookNotes(IObjectStore store, string key)
{
    /// <summary>The notes; none when every webhook is as its installation made it.</summary>
    public async Task<IReadOnlyList<WebhookNote>> ReadAsync(CancellationToken ct) =>
        await store.GetAsync(key, ct) is { } stored ? JsonSerializer.Deserialize(stored.Content.Span, WebhookNotesJson.Default.WebhookNoteArray) ?? [] : [];

    /// <summary>Adds a note, or adds its entries to the one that there is: what was first noted is how the webhook was.</summary>
    public async Task AddAsync(WebhookNote note, CancellationToken ct)
    {
        var notes = await ReadAsync(ct);
        var known = notes.FirstOrDefault(other => IsSame(other, note));
        await WriteAsync([.. notes.Where(other => other != known), known is null ? note : known with { Entries = [.. known.Entries.Union(note.Entries)] }], ct);
    }

    /// <summary>Takes a note away.</summary>
    public async Task RemoveAsync(WebhookNote note, CancellationToken ct) =>
        await WriteAsync([.. (await ReadAsync(ct)).Where(other => !IsSame(other, note))], ct);

    private static bool IsSame(WebhookNote one, WebhookNote other) =>
        (one.Kind, one.Configuration, one.Uid) == (other.Kind, other.Configuration, other.Uid);

    private Task WriteAsync(WebhookNote[] notes, CancellationToken ct) => notes.Length == 0
        ? store.DeleteAsync(key, ct)
        : store.PutAsync(key, JsonSerializer.SerializeToUtf8Bytes(notes, WebhookNotesJson.Default.WebhookNoteArray), PutCondition.Always, ct);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WebhookNote[]))]
internal sealed partial class WebhookNotesJson : JsonSerializerContext;
