using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>
/// A script as the runner runs it: a file, called by bash. Whoever cancels it does what the runner does: an interrupt to that one
/// process, a termination 7.5 seconds later, and another 2.5 seconds later the end of the whole tree.
/// </summary>
internal sealed class StepProcess : IAsyncDisposable
{
    private static readonly TimeSpan AfterInterrupt = TimeSpan.FromSeconds(7.5);
    private static readonly TimeSpan AfterTermination = TimeSpan.FromSeconds(2.5);

    private readonly Process _process;
    private readonly Action<string> _onLine;

    private StepProcess(Process process, Action<string> onLine) => (_process, _onLine) = (process, onLine);

    /// <summary>Starts a script.</summary>
    public static StepProcess Start(string file, string directory, IReadOnlyDictionary<string, string> environment, Action<string> onLine)
    {
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", file])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new StepProcess(process, onLine);
    }

    /// <summary>Waits for its end; a cancellation goes the runner's way.</summary>
    public async Task<int> EndAsync(CancellationToken cancelled)
    {
        var reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        try
        {
            await _process.WaitForExitAsync(cancelled);
        }
        catch (OperationCanceledException)
        {
            if (!await EndedAfterAsync("INT", AfterInterrupt) && !await EndedAfterAsync("TERM", AfterTermination))
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        // What the script started and left behind may hold its outputs open.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None));
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<bool> EndedAfterAsync(string signal, TimeSpan wait)
    {
        using (var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        using var limit = new CancellationTokenSource(wait);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_onLine)
            {
                _onLine(line);
            }
        }
    }
}
