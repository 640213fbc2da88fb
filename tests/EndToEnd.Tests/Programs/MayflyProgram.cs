using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Mayfly.EndToEnd.Tests.Programs;

/// <summary>The built <c>mayfly</c>, run as people run it: a process with a home of its own.</summary>
/// <param name="home">MAYFLY_HOME.</param>
/// <param name="directory">The repository it is called in.</param>
public sealed class MayflyProgram(string home, string directory)
{
    // A run that hangs fails its test instead of the whole suite.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Repository.Source, "artifacts", "publish", "mayfly");

    /// <summary>What is called in its place; by default the program itself.</summary>
    public string Program { get; init; } = Path;

    /// <summary>Variables that it sees besides those of the tests.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Calls it and waits.</summary>
    public async Task<MayflyRun> RunAsync(CancellationToken ct, params string[] arguments)
    {
        await using var started = Start(arguments);
        return await started.EndAsync(ct);
    }

    /// <summary>Calls it; the caller watches its events.</summary>
    public Started Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>Calls it as the leader of a process group of its own, so that it can be killed with all that it started.</summary>
    public Started StartAlone(params string[] arguments) => Start("setsid", [Program, .. arguments]);

    private Started Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, [.. arguments, "--output", "json"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MAYFLY_HOME"] = home;
        start.Environment.Remove("GITHUB_EVENT_PATH");
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return new Started(Process.Start(start)!);
    }

    /// <summary>A call that is under way.</summary>
    public sealed class Started : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly List<JsonElement> _events = [];
        private readonly StringBuilder _error = new();
        private readonly Channel<JsonElement> _live = Channel.CreateUnbounded<JsonElement>();
        private readonly Task _reading;

        public Started(Process process)
        {
            _process = process;
            _reading = Task.WhenAll(ReadEventsAsync(), ReadErrorAsync());
        }

        /// <summary>Waits for an event; fails when the program ends before it.</summary>
        public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> wanted, CancellationToken ct)
        {
            await foreach (var line in _live.Reader.ReadAllAsync(ct))
            {
                if (wanted(line))
                {
                    return line;
                }
            }

            Assert.Fail($"it ended before\n{string.Join('\n', _events.Select(line => line.GetRawText()))}\n{_error}");
            return default;
        }

        /// <summary>Waits until so many events have come; null when it ended before.</summary>
        public async Task<JsonElement?> WaitForNumberAsync(int number, CancellationToken ct)
        {
            await foreach (var line in _live.Reader.ReadAllAsync(ct))
            {
                if (--number == 0)
                {
                    return line;
                }
            }

            return null;
        }

        /// <summary>Waits until a stage starts.</summary>
        public Task WaitForStageAsync(string stage, CancellationToken ct) =>
            WaitForAsync(line => line.GetProperty("type").GetString() == "stage_started" && line.GetProperty("stage").GetString() == stage, ct);

        /// <summary>What Ctrl-C sends.</summary>
        public void Interrupt() => Signal("INT");

        /// <summary>Sends a signal by its name.</summary>
        public void Signal(string name)
        {
            using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        /// <summary>Its process, and the session of all that it started when it was started alone.</summary>
        public int Id => _process.Id;

        /// <summary>Kills it and everything it started, as a runner that is taken away does.</summary>
        public void KillAll() => _ = Kill(-_process.Id, 9);

        /// <summary>Sends a signal to it and everything it started.</summary>
        public void SignalAll(string name)
        {
            using var kill = Process.Start("kill", [$"-{name}", "--", $"-{_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}"]);
            kill.WaitForExit();
        }

        // The call itself: until a program that calls it had started, the run would have gone on.
        [DllImport("libc", EntryPoint = "kill")]
        private static extern int Kill(int process, int signal);

        /// <summary>Waits until it ends.</summary>
        public async Task<MayflyRun> EndAsync(CancellationToken ct)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Limit);
            await _process.WaitForExitAsync(limit.Token);
            await _reading;
            return new MayflyRun(_process.ExitCode, _events, _error.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
        }

        private async Task ReadEventsAsync()
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (!TryRead(line, out var read))
                {
                    break;
                }

                _events.Add(read);
                _live.Writer.TryWrite(read);
            }

            _live.Writer.TryComplete();
        }

        // The last line of a killed process may be cut in two.
        private static bool TryRead(string line, out JsonElement read)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                read = document.RootElement.Clone();
                return true;
            }
            catch (JsonException) when (!line.EndsWith('}'))
            {
                read = default;
                return false;
            }
        }

        private async Task ReadErrorAsync() => _error.Append(await _process.StandardError.ReadToEndAsync());
    }
}
