using System.Diagnostics;
using System.Text.Json;

namespace Mayfly.Cli.Local;

/// <summary>The local cloud's folder as the command line sees it: <c>$MAYFLY_HOME/local</c>.</summary>
internal static class LocalCloudFolder
{
    /// <summary>The folder.</summary>
    public static string Path { get; } = System.IO.Path.Combine(CommandContext.Home, "local");

    /// <summary>What the cloud tells about itself.</summary>
    public static string Description => System.IO.Path.Combine(Path, "cloud.json");

    /// <summary>What it wrote.</summary>
    public static string Log => System.IO.Path.Combine(Path, "log");

    /// <summary>Held by whoever starts it.</summary>
    public static string StartLock => System.IO.Path.Combine(Path, "start.lock");

    /// <summary>The program, beside this one.</summary>
    public static string Program => System.IO.Path.Combine(AppContext.BaseDirectory, "mayfly-local");

    /// <summary>The description of a cloud that lives; null: none does. A description outlives a process that was killed.</summary>
    public static async Task<CloudDescription?> LivingAsync(CancellationToken ct)
    {
        if (Read() is not { } cloud || !IsAlive(cloud.Pid))
        {
            return null;
        }

        using var control = new LocalCloudControl(cloud.Control);
        return await control.AnswersAsync(cloud.Pid, ct) ? cloud : null;
    }

    /// <summary>The description as it is written; null: there is none.</summary>
    public static CloudDescription? Read()
    {
        try
        {
            return LocalOverlay.Read(Description);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a process is a local cloud; its number may be somebody else's by now.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited && process.ProcessName.StartsWith("mayfly-local", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The last lines of the log.</summary>
    public static IReadOnlyList<string> LastLines(int count = 15)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines[^Math.Min(count, lines.Length)..];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
