using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Takes webhooks out of the way and puts them back. Out of the way means that their policy says Ignore: a webhook that answers is
/// still asked, its certificates can be renewed meanwhile, and nothing but the policy has to be put back.
/// </summary>
public sealed class WebhookGate(WebhookNotes notes, string runId)
{
    // Who the API server notes as the owner of the policy while it is changed.
    private const string Manager = "mayfly-unblock";

    /// <summary>What is out of the way, this run's or an earlier one's.</summary>
    public Task<IReadOnlyList<WebhookNote>> AwayAsync(CancellationToken ct) => notes.ReadAsync(ct);

    /// <summary>Opens entries of a configuration, after a note of how it was.</summary>
    public async Task OpenAsync(Cluster cluster, WebhookConfiguration found, IReadOnlyList<WebhookEntry> entries, CancellationToken ct)
    {
        await notes.AddAsync(
            new WebhookNote(found.Kind, found.Metadata.Name, found.Metadata.Uid, [.. entries.Select(entry => entry.Name)], runId, found.Json), ct);
        await SetPolicyAsync(cluster, found, entries, WebhookConfiguration.Ignore, ct);
        await DisownAsync(cluster, found.Kind, found.Metadata.Name, null, ct);
    }

    /// <summary>
    /// Puts a configuration back and drops its note; true when something had to be written. One that is gone or was made anew is its
    /// installation's work, and so is a policy that says Fail again: both stay as they are.
    /// </summary>
    public async Task<bool> PutBackAsync(Cluster cluster, WebhookNote note, CancellationToken ct)
    {
        var wrote = false;
        if (await WebhookConfiguration.FindAsync(cluster, note.Kind, note.Configuration, ct) is { } found && note.IsAbout(found))
        {
            var open = found.Entries.Where(entry => note.Entries.Contains(entry.Name) && entry.FailurePolicy == WebhookConfiguration.Ignore).ToList();
            if (open.Count > 0)
            {
                await SetPolicyAsync(cluster, found, open, WebhookConfiguration.Fail, ct);
                await DisownAsync(cluster, note.Kind, note.Configuration, note.AsItWas, ct);
                wrote = true;
            }
        }

        await notes.RemoveAsync(note, ct);
        return wrote;
    }

    // The tests in the patch make sure that what is changed is what was seen.
    private static Task SetPolicyAsync(
        Cluster cluster, WebhookConfiguration found, IReadOnlyList<WebhookEntry> entries, string policy, CancellationToken ct) =>
        PatchAsync(cluster, found.Kind, found.Metadata.Name, new JsonArray([.. entries.SelectMany(entry => new JsonNode[]
        {
            Operation("test", $"/webhooks/{Index(entry)}/name", entry.Name),
            Operation("test", $"/webhooks/{Index(entry)}/failurePolicy", entry.FailurePolicy),
            Operation("replace", $"/webhooks/{Index(entry)}/failurePolicy", policy),
        })]), ct);

    // An owner called mayfly would make the next server-side apply of the real owner a conflict. Where nobody else has written since,
    // the fields get the owners that they had.
    private static async Task DisownAsync(Cluster cluster, WebhookKind kind, string name, string? asItWas, CancellationToken ct)
    {
        if (await WebhookConfiguration.FindAsync(cluster, kind, name, ct) is not { } now)
        {
            return;
        }

        var owners = JsonNode.Parse(now.Json)!["metadata"]?["managedFields"] as JsonArray ?? [];
        var others = new JsonArray([.. owners.Where(owner => (string?)owner!["manager"] != Manager).Select(owner => owner!.DeepClone())]);
        if (asItWas is not null && JsonNode.Parse(asItWas)!["metadata"]?["managedFields"] is JsonArray before && Names(before).SequenceEqual(Names(others)))
        {
            others = (JsonArray)before.DeepClone();
        }

        if (others.Count > 0 && !JsonNode.DeepEquals(owners, others))
        {
            await PatchAsync(cluster, kind, name, new JsonArray(
                Operation("test", "/metadata/resourceVersion", now.Metadata.ResourceVersion),
                new JsonObject { ["op"] = "replace", ["path"] = "/metadata/managedFields", ["value"] = others }), ct);
        }
    }

    private static IEnumerable<string> Names(JsonArray owners) =>
        owners.Select(owner => $"{owner!["manager"]} {owner["operation"]} {owner["time"]}").Order(StringComparer.Ordinal);

    private static Task PatchAsync(Cluster cluster, WebhookKind kind, string name, JsonArray operations, CancellationToken ct)
    {
        var patch = new V1Patch(operations.ToJsonString(), V1Patch.PatchType.JsonPatch);
        var api = cluster.Api.AdmissionregistrationV1;
        return kind == WebhookKind.Validating
            ? api.PatchValidatingWebhookConfigurationAsync(patch, name, fieldManager: Manager, cancellationToken: ct)
            : api.PatchMutatingWebhookConfigurationAsync(patch, name, fieldManager: Manager, cancellationToken: ct);
    }

    private static string Index(WebhookEntry entry) => entry.Index.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Operation(string operation, string path, string value) => new() { ["op"] = operation, ["path"] = path, ["value"] = value };
}
