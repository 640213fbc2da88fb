using System.Threading.Channels;

namespace Mayfly.Engine.Events;

/// <summary>
/// Numbers a run's events and hands each to every sink. Numbering and queueing happen under one lock, so a reader that skips
/// numbers it has seen never loses one.
/// </summary>
/// <param name="clock">Dates the events.</param>
/// <param name="redactor">Takes secret values out of them before anybody sees them; null: there can be none.</param>
public sealed class RunFeed(TimeProvider clock, Redactor? redactor = null)
{
    private readonly Lock _gate = new();
    private readonly List<Channel<RunEvent>> _readers = [];
    private long _sequence;

    /// <summary>Takes secret values out of what is published; null: there can be none.</summary>
    public Redactor? Redactor => redactor;

    /// <summary>Publishes an event; never blocks.</summary>
    public void Publish(RunEvent happened)
    {
        happened = redactor is null ? happened : EventRedaction.Of(happened, redactor);
        lock (_gate)
        {
            var numbered = happened with { Sequence = ++_sequence, Time = clock.GetUtcNow() };
            foreach (var reader in _readers)
            {
                reader.Writer.TryWrite(numbered);
            }
        }
    }

    /// <summary>A new reader of everything published from now on; it completes when <see cref="Complete"/> is called.</summary>
    public ChannelReader<RunEvent> Subscribe()
    {
        var channel = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            _readers.Add(channel);
        }

        return channel.Reader;
    }

    /// <summary>Ends the stream; sinks drain what is queued.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
            {
                reader.Writer.TryComplete();
            }
        }
    }
}
