using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Deployment;

/// <summary>What a look at the chart's objects found: what has to be done before helm, and what keeps it from being done.</summary>
internal sealed class RepairPlan
{
    private readonly Lock _gate = new();

    public List<Failure> Obstacles { get; } = [];

    public List<(ObjectReference Wanted, JsonObject Live)> Untaken { get; } = [];

    public List<(ObjectReference Wanted, JsonObject Live)> Leaving { get; } = [];

    public List<Refused> Refused { get; } = [];

    /// <summary>All obstacles as one failure: the first speaks, the others are its evidence.</summary>
    public Failure? Obstacle => Obstacles.Count == 0 ? null : Obstacles[0] with
    {
        Evidence = [.. Obstacles[0].Evidence, .. Obstacles.Skip(1).Select(other => other.Summary)],
    };

    public void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }
}
