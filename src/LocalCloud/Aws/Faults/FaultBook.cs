namespace Mayfly.LocalCloud.Aws.Faults;

/// <summary>The faults that are switched on.</summary>
public sealed class FaultBook
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private int _last;

    /// <summary>What is switched on, with what is left of it.</summary>
    public IReadOnlyList<FaultRule> Rules
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Select(entry => entry.Rule with { Times = entry.Left })];
            }
        }
    }

    /// <summary>Switches a fault on; it comes back with its id.</summary>
    public FaultRule Add(FaultRule rule)
    {
        lock (_lock)
        {
            var named = rule with { Id = $"f{++_last}" };
            _entries.Add(new Entry(named, rule.Seed is { } seed ? new Random(seed) : new Random()) { Left = rule.Times });
            return named;
        }
    }

    /// <summary>Switches one off; false when there was none.</summary>
    public bool Remove(string id)
    {
        lock (_lock)
        {
            return _entries.RemoveAll(entry => entry.Rule.Id == id) > 0;
        }
    }

    /// <summary>Switches all off.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>How long what a service gives out lives; null: as long as ever.</summary>
    public TimeSpan? LifeOf(string service)
    {
        lock (_lock)
        {
            var lives = _entries.Select(entry => entry.Rule)
                .Where(rule => rule.Kind == FaultKind.Expire && (rule.Service ?? service) == service)
                .Select(rule => (TimeSpan?)rule.Latency);
            return lives.Min();
        }
    }

    /// <summary>The fault for a request, used up by one; null: none. The first that was added wins.</summary>
    public FaultRule? Take(AwsCall call)
    {
        lock (_lock)
        {
            foreach (var entry in _entries)
            {
                if (!entry.Rule.Matches(call) || entry.Draw.NextDouble() >= entry.Rule.Probability)
                {
                    continue;
                }

                if (entry.Left is { } left && (entry.Left = left - 1) == 0)
                {
                    _entries.Remove(entry);
                }

                return entry.Rule;
            }

            return null;
        }
    }

    private sealed class Entry(FaultRule rule, Random draw)
    {
        public FaultRule Rule => rule;

        public Random Draw => draw;

        public int? Left { get; set; }
    }
}
