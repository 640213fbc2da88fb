using System.Text.Json;
using System.Text.Json.Serialization;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Lifetimes;

/// <summary>What is remembered of an environment beside its state and longer than a run: since when it is there, and until when.</summary>
/// <param name="Created">When the first run that wrote something ended.</param>
/// <param name="Ends">When it ends by itself; null: with its pull request.</param>
/// <param name="Sleeps">True while its application and its nodes are stopped.</param>
public sealed record EnvironmentRecord(DateTimeOffset Created, DateTimeOffset? Ends, bool Sleeps)
{
    // Two writers at once are a run's end and somebody who extends; the second looks again.
    private const int MaxTries = 5;

    /// <summary>The object's name below an environment's prefix.</summary>
    public const string Name = "/record.json";

    /// <summary>Reads it; null when there is none.</summary>
    public static async Task<EnvironmentRecord?> ReadAsync(IObjectStore store, string key, CancellationToken ct) =>
        await store.GetAsync(key, ct) is { } stored ? Read(stored) : null;

    /// <summary>Changes it, whoever else does meanwhile; gives what is there then. A change that changes nothing writes nothing.</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="key">Under which key.</param>
    /// <param name="change">What it becomes, from what it is; null in: there is none, null out: it stays as it is.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<EnvironmentRecord?> ChangeAsync(
        IObjectStore store, string key, Func<EnvironmentRecord?, EnvironmentRecord?> change, CancellationToken ct)
    {
        EnvironmentRecord? there = null;
        for (var i = 0; i < MaxTries; i++)
        {
            var stored = await store.GetAsync(key, ct);
            there = stored is null ? null : Read(stored);
            if (change(there) is not { } wanted || wanted == there)
            {
                return there;
            }

            var json = JsonSerializer.SerializeToUtf8Bytes(wanted, EnvironmentRecordJson.Default.EnvironmentRecord);
            var condition = stored is null ? PutCondition.IfAbsent : PutCondition.IfVersion(stored.Version);
            if (await store.PutAsync(key, json, condition, ct) is not null)
            {
                return wanted;
            }
        }

        return there;
    }

    private static EnvironmentRecord? Read(StoredObject stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Content.Span, EnvironmentRecordJson.Default.EnvironmentRecord);
        }
        catch (JsonException)
        {
            // Another version's, or half written: what it said is lost, and the next run writes it anew.
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EnvironmentRecord))]
internal sealed partial class EnvironmentRecordJson : JsonSerializerContext;
