using System.ComponentModel;
using CliWrap;

namespace Mayfly.Engine.Tools;

/// <summary>The only place that starts a process.</summary>
public sealed class ToolRunner(TimeProvider clock) : IToolRunner
{
    /// <summary>How long a tool that shares our terminal has to show that Ctrl-C reached it.</summary>
    private static readonly TimeSpan TerminalGrace = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public async Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var tail = new OutputTail();
        var interruptSeen = false;
        using var captured = new MemoryStream();

        void OnLine(string line, Action<string>? listener)
        {
            interruptSeen |= line.Contains("nterrupt", StringComparison.Ordinal);
            tail.Add(line);
            listener?.Invoke(line);
        }

        var command = Cli.Wrap(call.Binary)
            .WithArguments(call.Arguments)
            .WithWorkingDirectory(call.WorkingDirectory.Length > 0 ? call.WorkingDirectory : Directory.GetCurrentDirectory())
            .WithEnvironmentVariables(call.Environment)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(call.Input is { } input ? PipeSource.FromBytes(input) : PipeSource.Null)
            .WithStandardOutputPipe(call.Capture
                ? PipeTarget.ToStream(captured)
                : PipeTarget.ToDelegate(line => OnLine(line, call.OnLine)))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => OnLine(line, call.OnErrorLine)));

        using var graceful = new CancellationTokenSource();
        using var forceful = CancellationTokenSource.CreateLinkedTokenSource(call.KillWhen);
        using var watch = new CancellationTokenSource();

        // A shared terminal has delivered Ctrl-C already: give the tool a moment to say so before it is asked a second time.
        async Task InterruptAsync()
        {
            if (Terminal.InterruptsChildren())
            {
                await Task.Delay(TerminalGrace, clock, watch.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!watch.IsCancellationRequested && !interruptSeen)
            {
                await graceful.CancelAsync();
            }

            if (call.KillAfter is { } limit)
            {
                await Task.Delay(limit, clock, watch.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!watch.IsCancellationRequested)
                {
                    await forceful.CancelAsync();
                }
            }
        }

        Task interruption = Task.CompletedTask;
        try
        {
            var running = command.ExecuteAsync(forceful.Token, graceful.Token);
            await using var registration = ct.Register(() => interruption = InterruptAsync());
            var result = await running;
            await watch.CancelAsync();
            ct.ThrowIfCancellationRequested();
            return new ToolResult(result.ExitCode, captured.GetBuffer().AsMemory(0, (int)captured.Length), tail.Lines);
        }
        catch (OperationCanceledException)
        {
            await watch.CancelAsync();
            throw new OperationCanceledException(ct);
        }
        catch (Win32Exception)
        {
            return new ToolResult(ToolExit.NotFound, ReadOnlyMemory<byte>.Empty, [$"{call.Tool}: no program \"{call.Binary}\" was found"]);
        }
        finally
        {
            await watch.CancelAsync();
            await interruption;
        }
    }
}

/// <summary>Exit codes with a meaning of their own.</summary>
public static class ToolExit
{
    /// <summary>The program does not exist; what a shell reports too.</summary>
    public const int NotFound = 127;
}
