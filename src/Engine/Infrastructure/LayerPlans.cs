using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>
/// The plans of a run. Planning is what a converged run spends its time on, so a root is planned whole as soon as that is
/// possible: when nothing is to be done, this one plan answers for all its layers. Every write makes the plans of a root void.
/// </summary>
public sealed class LayerPlans(TerraformRoots roots, ClusterDoor door)
{
    private readonly Dictionary<string, Plan> _plans = new(StringComparer.Ordinal);
    private readonly HashSet<string> _existing = new(StringComparer.Ordinal);

    /// <summary>Addresses that an apply of this run could not make because they exist already, whatever the search before it found.</summary>
    public IReadOnlySet<string> Existing => _existing;

    /// <summary>Notes what an apply ran into.</summary>
    public void NoteExisting(IEnumerable<string> addresses) => _existing.UnionWith(addresses);

    /// <summary>What applying a layer would do now.</summary>
    public async Task<Outcome<Plan>> ForAsync(LayerSettings layer, StageReporter reporter, CancellationToken ct)
    {
        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure))
        {
            return failure;
        }

        if (_plans.TryGetValue(layer.Name, out var known))
        {
            return known;
        }

        if (layer.Targets.Count > 0 && await WholeAsync(layer, terraform, reporter, ct) is { } plan)
        {
            return plan;
        }

        if (!(await terraform.PlanAsync(layer.Targets, destroy: false, reporter, ct)).Is(out var own, out failure))
        {
            roots.Forget(terraform);
            return failure;
        }

        return _plans[layer.Name] = own;
    }

    /// <summary>The state or the configuration of a root has changed: what was planned no longer counts.</summary>
    public void Forget(LayerSettings layer, Terraform terraform)
    {
        foreach (var other in roots.Sharing(layer))
        {
            if (_plans.Remove(other.Name, out var plan) && plan.File is { } file)
            {
                terraform.Root.Discard(file);
            }
        }
    }

    /// <summary>Something in the cluster has moved: plans of what lies there no longer count.</summary>
    public async Task ForgetInClusterAsync(StageReporter reporter, CancellationToken ct)
    {
        foreach (var layer in roots.Layers.Where(layer => layer.NeedsCluster && _plans.ContainsKey(layer.Name)))
        {
            if ((await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out _))
            {
                Forget(layer, terraform);
            }
        }
    }

    // Plans the whole root in place of a part of it, where the last layer wants that plan anyway and the cluster answers.
    private async Task<Plan?> WholeAsync(LayerSettings layer, Terraform terraform, StageReporter reporter, CancellationToken ct)
    {
        var sharing = roots.Sharing(layer);
        if (sharing.FirstOrDefault(other => other.Targets.Count == 0) is not { } whole || !await CanPlanWholeAsync(sharing, ct))
        {
            return null;
        }

        if (!_plans.TryGetValue(whole.Name, out var plan))
        {
            if (!(await terraform.PlanAsync([], destroy: false, reporter, ct)).Is(out plan, out Failure? failure))
            {
                reporter.Notice($"the whole root could not be planned yet ({failure.Summary}); planning {layer.Name} alone");
                return null;
            }

            _plans[whole.Name] = plan;
        }

        if (plan.Changes.Any(change => !change.IsRead && IsIn(change.Address, layer.Targets)))
        {
            // This layer has to move first; what was planned for the rest will be void by then.
            Forget(layer, terraform);
            return null;
        }

        return _plans[layer.Name] = Plan.Nothing(layer.Targets);
    }

    private async Task<bool> CanPlanWholeAsync(IReadOnlyList<LayerSettings> sharing, CancellationToken ct) =>
        !sharing.Any(layer => layer.NeedsCluster) || (await door.FindAsync(ct) is { } cluster && await cluster.AnswersAsync(ct));

    /// <summary>Whether an address lies in one of the targets: is it, or is inside it.</summary>
    public static bool IsIn(string address, IReadOnlyList<string> targets) => targets.Any(target =>
        address.StartsWith(target, StringComparison.Ordinal)
        && (address.Length == target.Length || address[target.Length] is '.' or '['));
}
