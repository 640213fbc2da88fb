using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>Saves the state of an apply that could not write it.</summary>
public static class StateRescue
{
    private const string Errored = "errored.tfstate";

    /// <summary>
    /// An apply whose last state could not be written leaves it in its folder; that state is newer than the stored one, and what it
    /// names would otherwise be orphans. True when there was one, and it was written.
    /// </summary>
    public static async Task<Outcome<bool>> PushAsync(Terraform terraform, RunLease lease, StageReporter reporter, CancellationToken ct)
    {
        var file = Path.Combine(terraform.Root.Directory, Errored);
        if (!File.Exists(file))
        {
            return false;
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return lost;
        }

        if (!(await terraform.StatePushAsync(await File.ReadAllBytesAsync(file, ct), ct)).Is(out _, out var failure))
        {
            return failure;
        }

        reporter.Notice("wrote a state that an earlier run could not save");
        File.Delete(file);
        return true;
    }
}
