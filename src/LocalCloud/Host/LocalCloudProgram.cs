using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mayfly.LocalCloud.Aws;

namespace Mayfly.LocalCloud.Host;

/// <summary>The program <c>mayfly-local</c>: runs a local cloud until it is told to stop.</summary>
internal static partial class LocalCloudProgram
{
    private const string Usage = """
        usage: mayfly-local run --state DIR [--zone ZONE]... [--bucket BUCKET]... [--region REGION] [--detached]
        Runs the local cloud in the foreground until SIGTERM or SIGINT. 'mayfly local start' runs it in the background.
        """;

    private static readonly string[] Options = ["--state", "--zone", "--bucket", "--region"];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The end is orderly: children first, then this process.
            signal.Cancel = true;
            stop.Cancel();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            Say("starting: AWS (moto), DNS, edge, charts and images");
            await using var host = await StartAsync(options, stop.Token);
            Say($"ready: AWS at {host.Description.Aws}, HTTPS at {host.Description.Edge}, DNS at {host.Description.Dns}");
            await Task.WhenAny(host.StopRequested, Task.Delay(Timeout.InfiniteTimeSpan, stop.Token));
            Say(host.MotoEnded ? $"stopping: moto ended\n{host.Aws.Moto.LastOutput}" : "stopping");
            return host.MotoEnded ? 1 : 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is MotoException or StateFolderHeldException or IOException or UnauthorizedAccessException)
        {
            Say(exception.Message);
            return exception is StateFolderHeldException ? 6 : 3;
        }
    }

    // Another cloud that starts in the same moment may take a usual port between the look and the bind; free ones always work.
    private static async Task<LocalCloudHost> StartAsync(LocalCloudOptions options, CancellationToken ct)
    {
        try
        {
            return await LocalCloudHost.StartAsync(options, ct);
        }
        catch (Exception taken) when (options.UsualPorts && taken is IOException or SocketException)
        {
            Say("a usual port was taken in this moment; taking free ones");
            return await LocalCloudHost.StartAsync(options with { UsualPorts = false }, ct);
        }
    }

    private static LocalCloudOptions? Parse(string[] arguments)
    {
        if (arguments is not ["run", .. var rest])
        {
            return null;
        }

        if (rest is [.. var others, "--detached"])
        {
            rest = others;

            // Out of the terminal's session: its end and its Ctrl-C are meant for others.
            _ = SetSession();
        }

        if (rest.Length % 2 != 0)
        {
            return null;
        }

        var pairs = rest.Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        if (pairs.Any(pair => !Options.Contains(pair.Key)) || pairs["--state"].Count() != 1)
        {
            return null;
        }

        return new LocalCloudOptions
        {
            StateDirectory = pairs["--state"].Single(),
            Zones = [.. pairs["--zone"].Distinct()],
            Buckets = [.. pairs["--bucket"].Distinct()],
            Region = pairs["--region"].LastOrDefault() ?? "us-east-1",
            UsualPorts = true,
            Diagnostics = Console.Out,
        };
    }

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSession();

    private static void Say(string text) => Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} {text}");
}
