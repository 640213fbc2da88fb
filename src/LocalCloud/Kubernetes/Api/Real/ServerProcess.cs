using CliWrap;
using CliWrap.Exceptions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A server that runs beside us: asked to end, then killed, and its last words kept.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Queue<string> _lines = new();
    private readonly Task _running;

    private ServerProcess(string binary, IReadOnlyList<string> arguments)
    {
        Name = Path.GetFileName(binary);
        var output = PipeTarget.ToDelegate(Keep);
        _running = RunAsync(Cli.Wrap(binary).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(output).WithStandardErrorPipe(output));
    }

    public string Name { get; }

    /// <summary>Its exit code once it has ended.</summary>
    public int? Ended { get; private set; }

    public string LastLines
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static ServerProcess Start(string binary, IReadOnlyList<string> arguments) => new(binary, arguments);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (await Task.WhenAny(_running, Task.Delay(Grace)) != _running)
        {
            await _kill.CancelAsync();
        }

        await _running;
        _end.Dispose();
        _kill.Dispose();
    }

    private async Task RunAsync(Command command)
    {
        try
        {
            Ended = (await command.ExecuteAsync(_kill.Token, _end.Token)).ExitCode;
        }
        catch (OperationCanceledException)
        {
            Ended = -1;
        }
        catch (Exception error) when (error is CliWrapException or System.ComponentModel.Win32Exception)
        {
            Keep(error.Message);
            Ended = -1;
        }
    }

    private void Keep(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
