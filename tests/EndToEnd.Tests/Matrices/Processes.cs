using System.Globalization;
using System.Text;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>The processes that a call of mayfly started: those of its session, terraform, providers and helm included.</summary>
public static class Processes
{
    /// <summary>Processes of a session that live, with what they are.</summary>
    public static IReadOnlyList<string> OfSession(int session) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => Read(name!, session)).OfType<string>()];

    /// <summary>Waits until none of a session lives; fails when one stays.</summary>
    public static async Task GoneAsync(int session, CancellationToken ct)
    {
        for (var look = 0; look < 100; look++)
        {
            if (OfSession(session).Count == 0)
            {
                return;
            }

            await Task.Delay(50, ct);
        }

        Assert.Fail($"the kill left processes alive: {string.Join("; ", OfSession(session))}");
    }

    // pid (name) state parent group session ...; the name may hold anything, a bracket included.
    private static string? Read(string pid, int session)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[3], CultureInfo.InvariantCulture) == session && fields[0] is not ("Z" or "X")
                ? Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).Replace('\0', ' ')
                : null;
        }
        catch (IOException)
        {
            // It ended while it was looked at.
            return null;
        }
    }
}
