using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>What a plan comes to.</summary>
/// <param name="State">The planned state.</param>
/// <param name="Replacements">The arguments that replace the resource.</param>
internal sealed record Planned(TfObject State, IReadOnlyList<string> Replacements);

/// <summary>Plans a create or an update of any type from its schema and the few rules of its <see cref="Resource"/>.</summary>
internal static class Planner
{
    /// <summary>The plan for one resource.</summary>
    public static async Task<Planned> PlanAsync(
        Provider provider, Resource? resource, TypeSchema schema, TfObject? prior, TfObject proposed, TfObject config, CancellationToken ct)
    {
        var planned = proposed.Copy();
        var defaults = resource?.Defaults ?? new Dictionary<string, TfValue>();
        new Completion(defaults).Complete(schema.Block, planned, config, prior, "");

        var plan = new ResourcePlan(prior, config, planned);
        provider.Plan(schema.Name, plan);
        if (resource is not null)
        {
            await resource.PlanAsync(plan, ct);
        }

        planned = (TfObject)TfCoercion.To(schema.Type, planned);
        Zero.FillObjects(schema.Block, planned);

        if (prior is null)
        {
            return new(planned, []);
        }

        if (Same(prior, planned))
        {
            return new(prior, []);
        }

        foreach (var name in resource?.UnknownOnUpdate ?? [])
        {
            planned[name] = TfValue.Unknown;
        }

        var replacements = (resource?.ForceNew ?? []).Concat(plan.Replacements)
            .Where(path => !At(prior, path).SequenceEqual(At(planned, path)));
        return new(planned, [.. replacements.Distinct()]);
    }

    // Timeouts are instructions for the provider, not part of the thing.
    private static bool Same(TfObject prior, TfObject planned) =>
        planned.Names.Where(name => name != "timeouts").All(name => planned[name].Equals(prior[name]));

    private static IEnumerable<TfValue> At(TfObject value, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? [value[path]]
            : value.Blocks(path[..dot]).SelectMany(block => At(block, path[(dot + 1)..]));
    }
}
