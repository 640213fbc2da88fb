using System.Text.Json.Serialization;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Events;

/// <summary>Something that happened in a run: past tense, small, free of secrets. <c>type</c> on the wire is snake case.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunStarted), "run_started")]
[JsonDerivedType(typeof(StageStarted), "stage_started")]
[JsonDerivedType(typeof(ToolLine), "tool_line")]
[JsonDerivedType(typeof(ResourceChanged), "resource_changed")]
[JsonDerivedType(typeof(Noticed), "noticed")]
[JsonDerivedType(typeof(Adopted), "adopted")]
[JsonDerivedType(typeof(Pruned), "pruned")]
[JsonDerivedType(typeof(Remedied), "remedied")]
[JsonDerivedType(typeof(VerdictReached), "verdict_reached")]
[JsonDerivedType(typeof(StageFinished), "stage_finished")]
[JsonDerivedType(typeof(RunFinished), "run_finished")]
[JsonDerivedType(typeof(Diagnosed), "diagnosed")]
[JsonDerivedType(typeof(Warned), "warned")]
[JsonDerivedType(typeof(Decided), "decided")]
[JsonDerivedType(typeof(Planned), "planned")]
public abstract record RunEvent
{
    /// <summary>Number within the run, from 1, given by the feed.</summary>
    public long Sequence { get; init; }

    /// <summary>When it was published, UTC, given by the feed.</summary>
    public DateTimeOffset Time { get; init; }
}

/// <summary>A run began. <paramref name="Command"/> is <c>up</c>, <c>down</c>, <c>plan</c> or a stage's name.</summary>
public sealed record RunStarted(string RunId, string Command, string Environment, string PublicHost, string? Commit) : RunEvent;

/// <summary>A stage began its attempt number <paramref name="Attempt"/>, from 1.</summary>
public sealed record StageStarted(string Stage, int Attempt) : RunEvent;

/// <summary>A line that a tool printed, secrets taken out. The only event that may be dropped under pressure.</summary>
public sealed record ToolLine(string Stage, string Tool, string Line) : RunEvent;

/// <summary>A resource inside a stage moved: <paramref name="Phase"/> is <c>started</c>, <c>progressed</c>, <c>completed</c> or <c>failed</c>.</summary>
public sealed record ResourceChanged(string Stage, string Address, string Action, string Phase, double Seconds) : RunEvent;

/// <summary>What terraform planned for a stage and is about to do, in its own way of counting: a replacement is an addition and a destruction.</summary>
/// <param name="Stage">The stage that applies it.</param>
/// <param name="Import">Resources to import.</param>
/// <param name="Add">Resources to add.</param>
/// <param name="Change">Resources to change.</param>
/// <param name="Destroy">Resources to destroy.</param>
/// <param name="Actions">The first ones by their addresses. Attributes are no part of it: they may hold secrets.</param>
/// <param name="More">How many are not listed.</param>
public sealed record Planned(string Stage, int Import, int Add, int Change, int Destroy, IReadOnlyList<PlannedAction> Actions, int More) : RunEvent;

/// <summary>One resource of a plan.</summary>
/// <param name="Address">Its full address.</param>
/// <param name="Action">One word: <c>create</c>, <c>update</c>, <c>replace</c>, <c>delete</c>, <c>import</c>.</param>
public sealed record PlannedAction(string Address, string Action);

/// <summary>A stage has something to say that is neither a failure nor a change.</summary>
public sealed record Noticed(string Stage, string Message) : RunEvent;

/// <summary>A real thing that the state did not know was taken into it.</summary>
public sealed record Adopted(string Stage, string Address, string ImportId) : RunEvent;

/// <summary>A state entry whose real thing is gone was dropped.</summary>
public sealed record Pruned(string Stage, string Address, string Why) : RunEvent;

/// <summary>A stage mended something that stood in its way: <paramref name="Target"/> is what, <paramref name="What"/> a sentence's rest.</summary>
public sealed record Remedied(string Stage, string Target, string What) : RunEvent;

/// <summary>The converger decided what follows a failure. <paramref name="Verdict"/> is a sentence.</summary>
public sealed record VerdictReached(string Stage, Failure Failure, string Verdict, double WaitSeconds) : RunEvent;

/// <summary>A stage ended: <paramref name="Outcome"/> is <c>unchanged</c>, <c>changed</c> or <c>failed</c>.</summary>
public sealed record StageFinished(string Stage, string Outcome, string Detail, double Seconds, int Attempts) : RunEvent;

/// <summary>The run ended. <paramref name="Outcome"/> as in the result object.</summary>
public sealed record RunFinished(string Outcome, string? Url, bool Changed, Failure? Failure) : RunEvent;

/// <summary>A tool found something in a file. <paramref name="Severity"/> is <c>error</c> or <c>warning</c>.</summary>
/// <param name="Stage">The stage that ran the tool.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">The file, relative to the configuration's folder.</param>
/// <param name="Line">First line.</param>
/// <param name="EndLine">Last line.</param>
/// <param name="Summary">One line.</param>
/// <param name="Detail">More of it.</param>
public sealed record Diagnosed(string Stage, string Severity, string File, int Line, int EndLine, string Summary, string Detail) : RunEvent;

/// <summary>Something beside the run went wrong, and the run goes on. <paramref name="Source"/> says where: <c>github</c>.</summary>
public sealed record Warned(string Source, string Message) : RunEvent;

/// <summary>A front decided what an event of the outside asks for, before any run. <paramref name="Because"/> is a sentence.</summary>
public sealed record Decided(string Decision, string Because) : RunEvent;
