namespace Mayfly.Engine.Tools;

/// <summary>Runs a program. The one seam between the engine and processes; tests answer here.</summary>
public interface IToolRunner
{
    /// <summary>
    /// Runs to the end and returns what came of it, whatever the exit code. On cancellation the program is interrupted, given
    /// time to finish its writes, and only then <see cref="OperationCanceledException"/> is thrown.
    /// </summary>
    Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct);
}

/// <summary>One call of a program: no shell, every argument as it stands.</summary>
/// <param name="Tool">What people call it: <c>terraform</c>, <c>helm</c>.</param>
/// <param name="Binary">A name on PATH or a path.</param>
/// <param name="Arguments">The arguments; never a secret, since every user of the machine can read them.</param>
public sealed record ToolCall(string Tool, string Binary, IReadOnlyList<string> Arguments)
{
    /// <summary>Directory to run in; empty: the current one.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Variables laid over this process's environment; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Given each line of standard output as it comes.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Given each line of standard error as it comes.</summary>
    public Action<string>? OnErrorLine { get; init; }

    /// <summary>True: standard output is kept whole in <see cref="ToolResult.Output"/>.</summary>
    public bool Capture { get; init; }

    /// <summary>Bytes for standard input; null: it is closed.</summary>
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>How long after the interrupt the program is killed; null: never, because it may be writing.</summary>
    public TimeSpan? KillAfter { get; init; }

    /// <summary>Fires when the program has to end at once, with no last write.</summary>
    public CancellationToken KillWhen { get; init; }
}

/// <summary>What came of a call.</summary>
/// <param name="ExitCode">The program's exit code.</param>
/// <param name="Output">Standard output, when it was asked for.</param>
/// <param name="Tail">The last lines of both outputs, oldest first, bounded.</param>
public sealed record ToolResult(int ExitCode, ReadOnlyMemory<byte> Output, IReadOnlyList<string> Tail)
{
    /// <summary>The tail as one text, for classification.</summary>
    public string TailText => string.Join('\n', Tail);
}
