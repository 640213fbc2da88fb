using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;

namespace Mayfly.Engine;

/// <summary>One run over one environment: who it is, what it serves, and where its events go.</summary>
/// <param name="Id">Unique id, sortable by time.</param>
/// <param name="Environment">The environment it converges or removes.</param>
/// <param name="Feed">Where events go; every front reads this one stream.</param>
public sealed record Run(string Id, EnvironmentIdentity Environment, RunFeed Feed)
{
    /// <summary>Reports an event to every sink. Never blocks and never fails the run.</summary>
    public void Report(RunEvent happened) => Feed.Publish(happened);
}
