using System.Diagnostics;
using System.Globalization;

namespace Mayfly.Bench;

/// <summary>One measured run.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Wall">From start to end.</param>
/// <param name="Tools">What terraform and helm took of it.</param>
/// <param name="PeakBytes">The most resident memory of mayfly itself.</param>
internal sealed record Sample(int ExitCode, TimeSpan Wall, TimeSpan Tools, long PeakBytes);

internal static class Measure
{
    // An odd number, so that the median is one of the values; the first run warms the disk cache and does not count.
    private const int Starts = 9;

    /// <summary>The median time of a start that does nothing else.</summary>
    public static async Task<TimeSpan> StartAsync(string program, string argument)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i <= Starts; i++)
        {
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            times.Add(clock.Elapsed);
        }

        return times.Skip(1).Order().ElementAt(Starts / 2);
    }

    /// <summary>Gives mayfly a home of the benchmark's own, with the tools that are there already.</summary>
    public static void OwnHome(string folder)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(home, "tools"), Path.Combine(ToolShims.UserHome, "tools"));
        Environment.SetEnvironmentVariable("MAYFLY_HOME", home);
    }

    /// <summary>Stops the benchmark's local cloud.</summary>
    public static async Task StopAsync(string program, string repository)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["local", "stop"]) { WorkingDirectory = repository, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
    }

    /// <summary><c>up --local</c> over the environment of the benchmark.</summary>
    public static Task<Sample> UpAsync(string program, string repository, ToolShims shims) => RunAsync(program, repository, shims, "up");

    /// <summary>A command over the environment of the benchmark.</summary>
    public static Task<Sample> RunAsync(string program, string repository, ToolShims shims, string command) =>
        RunAsync(program, repository, shims, [command, "--local", "--pr", "4242", "--branch", "benchmark", "--output", "json"]);

    /// <summary>Any call of mayfly.</summary>
    public static async Task<Sample> RunAsync(string program, string repository, ToolShims shims, string[] arguments)
    {
        shims.Reset();
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = repository,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{shims.Directory}:{start.Environment["PATH"]}";
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var reading = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        var ended = process.WaitForExitAsync();
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(50)));
        }

        await reading;
        return new Sample(process.ExitCode, clock.Elapsed, shims.Total(), peak);
    }

    private static long PeakOf(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
