namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>A state that an environment was left in, and what has to become of it.</summary>
/// <param name="Name">In words; the row's name in the table.</param>
/// <param name="From">What there is before it is broken.</param>
/// <param name="Verb">What is called then: <c>up</c> or <c>down</c>.</param>
/// <param name="Breaks">What is done by hand; several things are done one after the other, each followed by what the verb promises.</param>
public sealed record StartingState(string Name, StartingPoint From, string Verb, IReadOnlyList<HandMade> Breaks)
{
    /// <summary>One thing done by hand to a converged environment, then <c>up</c>.</summary>
    public static StartingState Broken(string name, Func<Hands, CancellationToken, Task> by, Func<Hands, CancellationToken, Task>? keeps = null) =>
        new(name, StartingPoint.Converged, "up", [new HandMade(name, by) { KeepsAsync = keeps }]);

    /// <summary>Several things of a kind, each by itself, in one environment.</summary>
    public static StartingState EachBroken(string name, IEnumerable<HandMade> breaks) => new(name, StartingPoint.Converged, "up", [.. breaks]);

    /// <summary>One thing done by hand to a converged environment, then <c>down</c>.</summary>
    public static StartingState TornDown(string name, Func<Hands, CancellationToken, Task> by, Func<Hands, CancellationToken, Task>? keeps = null) =>
        new(name, StartingPoint.Converged, "down", [new HandMade(name, by) { KeepsAsync = keeps }]);

    /// <summary>One thing made by hand where nothing is yet, then <c>up</c>.</summary>
    public static StartingState Found(string name, Func<Hands, CancellationToken, Task> by, Func<Hands, CancellationToken, Task>? keeps = null) =>
        new(name, StartingPoint.Nothing, "up", [new HandMade(name, by) { KeepsAsync = keeps }]);
}

/// <summary>What there is before something is done by hand.</summary>
public enum StartingPoint
{
    /// <summary>An account without the environment.</summary>
    Nothing,

    /// <summary>The environment, reachable.</summary>
    Converged,
}

/// <summary>Something that is done by hand, in words and in fact.</summary>
public sealed record HandMade(string Name, Func<Hands, CancellationToken, Task> DoAsync)
{
    /// <summary>Looks after the run that what is another's is as it was, and takes it away; null: nothing of others is concerned.</summary>
    public Func<Hands, CancellationToken, Task>? KeepsAsync { get; init; }
}
