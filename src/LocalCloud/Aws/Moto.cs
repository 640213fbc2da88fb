using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mayfly.LocalCloud.Aws;

/// <summary>The <c>moto_server</c> process behind the proxy. It keeps all of AWS in memory and dies with this object.</summary>
public sealed class Moto : IAsyncDisposable
{
    // Loading moto's hundred services takes about three seconds on a slow machine; a minute means that it never will.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    // How a shell says that it found no such command, or may not run it.
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    // moto has to go when this process dies, however it dies: the shell watches the pipe that is its standard input, and the kernel
    // closes that. (A death signal would not do: it follows the thread that forked, and .NET's threads come and go.)
    private const string Leash = """
        exec 3<&0
        "$@" 3<&- &
        server=$!
        (read -r never <&3; kill -KILL $server) >/dev/null 2>&1 &
        watcher=$!
        wait $server
        code=$?
        kill $watcher 2>/dev/null
        exit $code
        """;

    private readonly Process _process;
    private readonly TailBuffer _output;

    private Moto(Process process, Uri endpoint, TailBuffer output)
    {
        _process = process;
        Endpoint = endpoint;
        _output = output;
        Ended = process.WaitForExitAsync();
    }

    /// <summary>Where it answers.</summary>
    public Uri Endpoint { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its last lines, for when something is wrong.</summary>
    public string LastOutput => _output.ToString();

    /// <summary>Ends when the process does.</summary>
    public Task Ended { get; }

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    /// <param name="options">What to start and how.</param>
    /// <param name="ct">Stops the start.</param>
    /// <exception cref="MotoException">It is not installed, or does not start.</exception>
    public static async Task<Moto> StartAsync(MotoOptions? options = null, CancellationToken ct = default)
    {
        options ??= new MotoOptions();
        // moto cannot be told to pick a port itself; another process can take a free one in between, hence the second and third try.
        for (var attempt = 1; ; attempt++)
        {
            var moto = Start(options, FreePort());
            try
            {
                await moto.WaitUntilAnswersAsync(options, ct);
                return moto;
            }
            catch (MotoException) when (attempt < 3 && moto._output.ToString().Contains("already in use", StringComparison.OrdinalIgnoreCase))
            {
                await moto.DisposeAsync();
            }
            catch
            {
                await moto.DisposeAsync();
                throw;
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Nothing is on its disk that could be lost.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Moto Start(MotoOptions options, int port)
    {
        var output = new TailBuffer(40);
        var start = new ProcessStartInfo
        {
            FileName = "/bin/sh",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var number = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var argument in (string[])["-c", Leash, "moto", .. options.Command, "-H", "127.0.0.1", "-p", number])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MOTO_ACCOUNT_ID"] = options.Account;

        // Every account has AWS's own policies (AmazonEKSClusterPolicy and the like), and roles attach them.
        start.Environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true";
        start.Environment["MOTO_PORT"] = number;
        start.Environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true";
        var process = Process.Start(start) ?? throw new MotoException("moto_server did not start.");
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Moto(process, new Uri($"http://127.0.0.1:{port}/"), output);
    }

    private async Task WaitUntilAnswersAsync(MotoOptions options, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var clock = options.Clock;
        var started = clock.GetTimestamp();
        while (true)
        {
            if (_process.HasExited)
            {
                // What it wrote last may still be on its way.
                await _process.WaitForExitAsync(ct);
                if (_process.ExitCode is NotFound or NotExecutable)
                {
                    throw new MotoException(
                        $"'{options.Command[0]}' is not on PATH. The local cloud needs moto: python3 -m pip install 'moto[server]'.");
                }

                throw new MotoException($"moto_server ended with code {_process.ExitCode}:\n{LastOutput}");
            }

            try
            {
                using var answer = await http.GetAsync(new Uri(Endpoint, "moto-api/data.json"), ct);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            if (clock.GetElapsedTime(started) > StartLimit)
            {
                throw new MotoException($"moto_server did not answer within {StartLimit.TotalSeconds:0} s:\n{LastOutput}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, ct);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
