using System.ComponentModel;
using System.Diagnostics;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>The terraforms that run on this machine on one state: its lock may be held by one of them, whatever a lease says.</summary>
/// <param name="state">The state, in terraform's words.</param>
/// <param name="own">This environment's folder under Mayfly's home: what runs in it was started by Mayfly.</param>
public sealed class LiveTerraforms(StateBackend state, string own)
{
    // The kernel cuts names at 15 characters, and a provider is a plugin that never holds a lock.
    private const string Plugin = "terraform-pro";

    private static readonly string[] Writing = ["apply", "destroy", "state", "import", "force-unlock"];

    /// <summary>Looks who runs.</summary>
    public LiveLook Look()
    {
        var orphans = new List<int>();
        var stranger = false;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                switch (IsTerraform(process) ? PlaceOf(process.Id) : Place.Elsewhere)
                {
                    case Place.Ours when Writes(process.Id):
                        orphans.Add(process.Id);
                        break;
                    case Place.Unknown:
                        stranger = true;
                        break;
                }
            }
        }

        return new LiveLook(orphans, stranger);
    }

    /// <summary>Ends terraforms of runs that are over: whoever holds the environment's lease may.</summary>
    public static void End(IEnumerable<int> orphans)
    {
        foreach (var pid in orphans)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has ended by itself, or it is not ours to end: then the next look finds it again.
            }
        }
    }

    private static bool IsTerraform(Process process)
    {
        try
        {
            var name = process.ProcessName;
            return (name.StartsWith("terraform", StringComparison.Ordinal) || name.StartsWith("tofu", StringComparison.Ordinal))
                && !name.StartsWith(Plugin, StringComparison.Ordinal) && !process.HasExited;
        }
        catch (InvalidOperationException)
        {
            // It ended while we looked.
            return false;
        }
    }

    private Place PlaceOf(int pid)
    {
        if (new DirectoryInfo($"/proc/{pid}/cwd").LinkTarget is { } folder)
        {
            return !state.MayBe(DataDirectoryOf(pid, folder)) ? Place.Elsewhere : IsIn(folder, own) ? Place.Ours : Place.Unknown;
        }

        // No folder to be seen: another user's process, one that has ended, or a system without /proc.
        return Directory.Exists("/proc/self") && HasEnded(pid) ? Place.Elsewhere : Place.Unknown;
    }

    private static string DataDirectoryOf(int pid, string folder)
    {
        const string Variable = "TF_DATA_DIR=";
        var set = Read($"/proc/{pid}/environ").Split('\0').FirstOrDefault(variable => variable.StartsWith(Variable, StringComparison.Ordinal));
        return Path.Combine(folder, set is { Length: > 12 } ? set[Variable.Length..] : ".terraform");
    }

    private static bool HasEnded(int pid)
    {
        var status = Read($"/proc/{pid}/stat");
        return status.Length > 0 ? status[(status.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z') : !Directory.Exists($"/proc/{pid}");
    }

    private static bool Writes(int pid) =>
        Read($"/proc/{pid}/cmdline").Split('\0').Skip(1).FirstOrDefault(word => !word.StartsWith('-')) is { } verb && Writing.Contains(verb);

    // Empty: it has ended, or it is another user's.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool IsIn(string folder, string parent) => (folder + "/").StartsWith(parent.TrimEnd('/') + "/", StringComparison.Ordinal);

    private enum Place
    {
        Elsewhere,
        Ours,
        Unknown,
    }
}

/// <summary>Which terraforms run on this machine.</summary>
/// <param name="Orphans">Processes that write in this environment's folder: runs of Mayfly started them.</param>
/// <param name="HasStranger">True when one runs that is not known to work on something else: a person's.</param>
public sealed record LiveLook(IReadOnlyList<int> Orphans, bool HasStranger)
{
    /// <summary>What there is to see of another machine.</summary>
    public static LiveLook Nothing { get; } = new([], false);
}
