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

    /// <summary>Writes the scripts.</summary>
    public static async Task<ToolShims> CreateAsync(string directory)
    {
        var shims = new ToolShims(directory);
        var home = Environment.GetEnvironmentVariable("MAYFLY_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");
        foreach (var (name, real) in new[] { ("terraform", Find("terraform")), ("helm", Path.Combine(home, "tools", "helm-4", "helm")) })
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
