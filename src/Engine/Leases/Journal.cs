using System.Text;
using System.Text.Json;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Leases;

/// <summary>
/// What the last run did, beside the state: its boundary events, bounded. It is read by people and by <c>status</c>; no decision
/// rests on it. Written only by a run that holds the lease.
/// </summary>
public sealed class Journal(IObjectStore store, string key)
{
    // Enough for a run with its retries; a journal is no log.
    private const int MaxEvents = 400;

    private readonly Lock _gate = new();
    private readonly LinkedList<string> _lines = new();

    /// <summary>Takes an event; tool output and progress of resources are left out.</summary>
    public void Add(RunEvent happened)
    {
        if (happened is ToolLine or ResourceChanged)
        {
            return;
        }

        lock (_gate)
        {
            _lines.AddLast(RunEventJson.Line(happened));
            if (_lines.Count > MaxEvents)
            {
                // The first event says which run it was.
                _lines.Remove(_lines.First!.Next!);
            }
        }
    }

    /// <summary>Writes it.</summary>
    public Task SaveAsync(CancellationToken ct)
    {
        string text;
        lock (_gate)
        {
            text = string.Join('\n', _lines);
        }

        return store.PutAsync(key, Encoding.UTF8.GetBytes(text), PutCondition.Always, ct);
    }

    /// <summary>The events of the last run that wrote something; none when there was no such run.</summary>
    public static async Task<IReadOnlyList<RunEvent>> ReadAsync(IObjectStore store, string key, CancellationToken ct)
    {
        if (await store.GetAsync(key, ct) is not { } stored)
        {
            return [];
        }

        var events = new List<RunEvent>();
        foreach (var line in Encoding.UTF8.GetString(stored.Content.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, RunEventJson.Default.RunEvent) is { } happened)
                {
                    events.Add(happened);
                }
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                // A line of a newer version; the rest can still be read.
            }
        }

        return events;
    }
}
