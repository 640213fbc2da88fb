using System.Globalization;

namespace Mayfly.Bench;

/// <summary>terraform and helm behind scripts that note how long each call took.</summary>
internal sealed class ToolShims
{
    private readonly string _log;

    private ToolShims(string directory)
    {
        Directory = directory;
        _log = Path.Combine(directory, "times");
    }

    /// <summary>What has to stand first in PATH.</summary>
    public string Directory { get; }

    /// <summary>Where the tools were fetched to, as it was before the benchmark got a home of its own.</summary>
    public static string UserHome { get; } = Environment.GetEnvironmentVariable("MAYFLY_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");

    /// <summary>Writes the scripts.</summary>
    public static async Task<ToolShims> CreateAsync(string directory)
    {
        var shims = new ToolShims(directory);
        foreach (var (name, real) in new[] { ("terraform", Find("terraform")), ("helm", Path.Combine(UserHome, "tools", "helm-4", "helm")) })
        {
            var script = Path.Combine(directory, name);
            await File.WriteAllTextAsync(script, $"#!/bin/sh\ns=$(date +%s%N)\n'{real}' \"$@\"\ncode=$?\necho $(($(date +%s%N) - s)) >>'{shims._log}'\nexit $code\n");
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return shims;
    }

    /// <summary>Forgets what was noted.</summary>
    public void Reset() => File.Delete(_log);

    /// <summary>The time of all calls since the last reset.</summary>
    public TimeSpan Total() =>
        File.Exists(_log)
            ? TimeSpan.FromMicroseconds(File.ReadLines(_log).Sum(line => long.Parse(line, CultureInfo.InvariantCulture)) / 1000d)
            : TimeSpan.Zero;

    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
}
