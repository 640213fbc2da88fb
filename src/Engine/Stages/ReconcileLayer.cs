using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Finds real things of this environment that the state does not know, and has the next plan import them.
/// Looks at: the layer's plan, and in AWS at everything it would create; at what an apply of this run said exists already. May change:
/// the plan, which gets import blocks (the apply that follows takes them into the state); a secret in its recovery window, which is
/// restored. Proof: the new plan imports each of them instead of creating it, and what it read of them carries no other owner's tag.
/// </summary>
public sealed class ReconcileLayer(LayerSettings layer, TerraformRoots roots, LayerPlans plans, IOrphanFinder orphans, RunLease lease) : IStage
{
    /// <inheritdoc />
    public string Name => $"{StageNames.Reconcile}:{layer.Name}";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var claims = new List<Orphan>();
        if (await ClaimAsync(terraform, claims, run, reporter, ct) is { } stopped)
        {
            // What was found out so far must not get into a plan that somebody applies.
            plans.Forget(layer, terraform);
            terraform.Root.WriteImports(null);
            return new StageResult.Failed(stopped);
        }

        foreach (var orphan in claims.OrderBy(orphan => orphan.Address, StringComparer.Ordinal))
        {
            run.Report(new Adopted(Name, orphan.Address, orphan.ImportId));
        }

        return claims.Count > 0 ? new StageResult.Changed($"{claims.Count} to adopt") : new StageResult.Unchanged("everything that exists is in the state");
    }

    // Each round knows more than the one before: with a table's or a cluster's id in the plan, what hangs on it can be looked for.
    private async Task<Failure?> ClaimAsync(Terraform terraform, List<Orphan> claims, Run run, StageReporter reporter, CancellationToken ct)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            if (!(await PlanAsync(terraform, claims, reporter, ct)).Is(out var plan, out var failure))
            {
                return failure;
            }

            var found = await orphans.FindAsync(plan, ct);
            if ((AdoptionFailures.Of(new OwnerCheck(run.Environment.Id).StrangersIn(plan, claims)) ?? AdoptionFailures.Of(found)) is { } stopped)
            {
                return stopped;
            }

            if (!Collided(plan, found, asked).Is(out var guesses, out failure))
            {
                return failure;
            }

            var more = found.Orphans.Concat(guesses).Where(orphan => asked.Add(orphan.Address)).ToList();
            if (more.Count == 0)
            {
                return null;
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return lost;
            }

            foreach (var secret in more.Select(orphan => orphan.RestoreSecret).OfType<string>())
            {
                await orphans.RestoreSecretAsync(secret, ct);
            }

            claims.AddRange(more);
            Import(terraform, claims);
        }
    }

    // What an apply said exists, and the search did not find.
    private Outcome<List<Orphan>> Collided(Plan plan, OrphanFindings found, HashSet<string> asked)
    {
        var guesses = new List<Orphan>();
        foreach (var change in plan.Changes.Where(change => change.IsCreate && plans.Existing.Contains(change.Address)))
        {
            if (found.Orphans.Any(orphan => orphan.Address == change.Address) || asked.Contains(change.Address))
            {
                continue;
            }

            if (orphans.Guess(change) is not { } guess)
            {
                return AdoptionFailures.OfUnknownIdentity(change.Address, change.Type, null);
            }

            guesses.Add(guess);
        }

        return guesses;
    }

    // An import block for something that is not there fails the plan. A guess that failed is taken back, unless an apply says that it exists.
    private async Task<Outcome<Plan>> PlanAsync(Terraform terraform, List<Orphan> claims, StageReporter reporter, CancellationToken ct)
    {
        while (true)
        {
            var planned = await plans.ForAsync(layer, reporter, ct);
            if (planned.Is(out _, out var failure) || claims.Where(claim => claim.IsGuess && IsAbout(failure, claim)).ToList() is not { Count: > 0 } wrong)
            {
                return planned;
            }

            if (wrong.FirstOrDefault(guess => plans.Existing.Contains(guess.Address)) is { } existing)
            {
                return AdoptionFailures.OfUnknownIdentity(existing.Address, TypeOf(existing.Address), (existing.ImportId, failure));
            }

            claims.RemoveAll(wrong.Contains);
            Import(terraform, claims);
        }
    }

    private void Import(Terraform terraform, List<Orphan> claims)
    {
        plans.Forget(layer, terraform);
        terraform.Root.WriteImports(claims.Count > 0 ? ImportBlocks.Write(claims) : null);
    }

    private static bool IsAbout(Failure failure, Orphan guess) =>
        failure.Extract.GetValueOrDefault("address") == guess.Address
        || failure.Evidence.Prepend(failure.Summary).Any(line => line.Contains(guess.Address, StringComparison.Ordinal));

    // The last name but one: module.a["x.y"].aws_thing.this["z.w"].
    private static string TypeOf(string address)
    {
        var plain = System.Text.RegularExpressions.Regex.Replace(address, "\\[[^]]*\\]", "");
        return plain.Split('.') is { Length: >= 2 } parts ? parts[^2] : address;
    }
}
