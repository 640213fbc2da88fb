using System.Diagnostics;
using System.Net;

namespace Mayfly.Engine.Leases;

/// <summary>Who takes a lease: this machine and process, and which processes of the machine live.</summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="Machine">Boot and process namespace.</param>
/// <param name="Pid">The process.</param>
/// <param name="IsAlive">Whether a process of this machine lives.</param>
public sealed record Holder(string Host, string Machine, int Pid, Func<int, bool> IsAlive)
{
    /// <summary>This process.</summary>
    public static Holder ThisProcess()
    {
        const string BootId = "/proc/sys/kernel/random/boot_id", Namespace = "/proc/self/ns/pid";
        var boot = File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "";
        var processes = new FileInfo(Namespace).LinkTarget ?? "";

        // Without a boot id the machine's name would be a guess, so such a machine gets a name that no other process shares.
        var machine = boot.Length > 0 ? $"{boot}/{processes}" : Guid.NewGuid().ToString("n");

        // The whole name, domain included, as terraform writes it into its lock.
        return new Holder(Dns.GetHostName(), machine, Environment.ProcessId, IsRunning);
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
