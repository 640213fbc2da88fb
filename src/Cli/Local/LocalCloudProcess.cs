using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Mayfly.Cli.Local;

/// <summary>Starts and stops the local cloud in the background.</summary>
internal static class LocalCloudProcess
{
    // moto and the rest are up in two seconds; a machine that is busy with builds may take twenty times that.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    // Keeps standard input, output and error of the caller out of the background: who reads them would wait for the cloud's end.
    private const string Detach = "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1";

    /// <summary>The running cloud, with these zones and buckets; started when none runs.</summary>
    /// <param name="zones">DNS zones it must have.</param>
    /// <param name="buckets">Buckets it must have.</param>
    /// <param name="words">Where to say what one waits for.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="ct">Stops the waiting, not the cloud.</param>
    /// <exception cref="LocalCloudException">It does not start; it says why.</exception>
    public static async Task<CloudDescription> EnsureStartedAsync(
        IReadOnlyList<string> zones, IReadOnlyList<string> buckets, TextWriter words, TimeProvider clock, CancellationToken ct)
    {
        Directory.CreateDirectory(LocalCloudFolder.Path);
        using var alone = await HoldStartAsync(words, clock, ct);
        var cloud = await LocalCloudFolder.LivingAsync(ct);
        if (cloud is null)
        {
            cloud = await StartAsync(zones, buckets, words, clock, ct);
        }
        else
        {
            TellWhenOld(words);
        }

        using var control = new LocalCloudControl(cloud.Control);
        await control.SendAsync(
            HttpMethod.Post, "/seeds", new JsonObject { ["zones"] = Answers.Array(zones), ["buckets"] = Answers.Array(buckets) }, ct);
        return FetchedTools.AddTo(cloud);
    }

    /// <summary>Stops it; false: none ran.</summary>
    /// <exception cref="LocalCloudException">It does not end.</exception>
    public static async Task<bool> StopAsync(TimeProvider clock, CancellationToken ct)
    {
        if (LocalCloudFolder.Read() is not { } cloud || !LocalCloudFolder.IsAlive(cloud.Pid))
        {
            return false;
        }

        try
        {
            using var control = new LocalCloudControl(cloud.Control);
            await control.SendAsync(HttpMethod.Post, "/stop", null, ct);
        }
        catch (HttpRequestException)
        {
            // It is on its way out, or hangs; the end of the process tells which.
        }

        var started = clock.GetTimestamp();
        while (LocalCloudFolder.IsAlive(cloud.Pid))
        {
            if (clock.GetElapsedTime(started) > StopLimit)
            {
                throw new LocalCloudException(
                    $"The local cloud (process {cloud.Pid}) does not end.", LocalCloudFolder.LastLines(), [$"End it with 'kill -9 {cloud.Pid}'."]);
            }

            await Task.Delay(Glance, clock, ct);
        }

        return true;
    }

    private static async Task<CloudDescription> StartAsync(
        IReadOnlyList<string> zones, IReadOnlyList<string> buckets, TextWriter words, TimeProvider clock, CancellationToken ct)
    {
        if (!File.Exists(LocalCloudFolder.Program))
        {
            throw new LocalCloudException(
                "The program 'mayfly-local' is missing.", [$"It is looked for at {LocalCloudFolder.Program}."], ["Run ./mayfly, which builds it."]);
        }

        words.WriteLine("starting the local cloud: AWS (moto), DNS, HTTPS, charts and images");
        File.Delete(LocalCloudFolder.Log);
        using var process = Launch(zones, buckets);
        var started = clock.GetTimestamp();
        while (true)
        {
            if (LocalCloudFolder.Read() is { } cloud && cloud.Pid == process.Id)
            {
                words.WriteLine($"the local cloud is ready after {clock.GetElapsedTime(started).TotalSeconds:0.0} s");
                return cloud;
            }

            if (process.HasExited)
            {
                throw new LocalCloudException(
                    "The local cloud did not start.", LocalCloudFolder.LastLines(), [$"Mend what its log says ({LocalCloudFolder.Log}) and try again."]);
            }

            if (clock.GetElapsedTime(started) > StartLimit)
            {
                process.Kill(entireProcessTree: true);
                throw new LocalCloudException(
                    $"The local cloud was not ready within {StartLimit.TotalSeconds:0} s.", LocalCloudFolder.LastLines(),
                    [$"Look at its log, {LocalCloudFolder.Log}."]);
            }

            await Task.Delay(Glance, clock, ct);
        }
    }

    private static Process Launch(IReadOnlyList<string> zones, IReadOnlyList<string> buckets)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        string[] arguments =
        [
            "-c", Detach, "mayfly", LocalCloudFolder.Log, LocalCloudFolder.Program, "run", "--state", LocalCloudFolder.Path,
            .. zones.SelectMany(zone => new[] { "--zone", zone }), .. buckets.SelectMany(bucket => new[] { "--bucket", bucket }), "--detached",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // It is the account that these would speak to; it must not speak to one itself.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    private static async Task<FileStream> HoldStartAsync(TextWriter words, TimeProvider clock, CancellationToken ct)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                return new FileStream(LocalCloudFolder.StartLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(LocalCloudFolder.StartLock))
            {
                if (!told)
                {
                    words.WriteLine("another mayfly starts the local cloud; waiting for it");
                }

                await Task.Delay(Glance, clock, ct);
            }
        }
    }

    private static void TellWhenOld(TextWriter words)
    {
        var program = LocalCloudFolder.Program + ".dll";
        if (File.Exists(program) && File.GetLastWriteTimeUtc(program) > File.GetLastWriteTimeUtc(LocalCloudFolder.Description))
        {
            words.WriteLine("the local cloud that runs is older than this mayfly; 'mayfly local stop' makes room for a new one");
        }
    }
}
