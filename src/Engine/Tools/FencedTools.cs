namespace Mayfly.Engine.Tools;

/// <summary>Programs of a run that may lose the right to write: then they are killed, since even their orderly end would write.</summary>
/// <param name="tools">Runs them.</param>
/// <param name="lost">Fires when the right is lost.</param>
public sealed class FencedTools(IToolRunner tools, CancellationToken lost) : IToolRunner
{
    /// <inheritdoc />
    public Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct) => tools.RunAsync(call with { KillWhen = lost }, ct);
}
