using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>What an operation left behind: the state to save (null when there is nothing), and what went wrong.</summary>
internal sealed record Applied(TfObject? State, Diagnostic? Problem = null);

/// <summary>Creates, updates, deletes and reads through a <see cref="Resource"/>, and keeps the state honest when that fails half way.</summary>
internal static class Applier
{
    /// <summary>Creates it.</summary>
    public static async Task<Applied> CreateAsync(
        Resource resource, TypeSchema schema, TfObject planned, TfObject config, CancellationToken ct)
    {
        var change = new ResourceChange(null, config, planned.Copy());
        var problem = await Problems.CatchAsync(
            $"creating {resource.Type}",
            async () =>
            {
                await resource.CreateAsync(change, ct);
                await ReadBackAsync(resource, change.State, planned, "creation", ct);
            },
            ct);
        return problem is not null && !resource.IsCreated(change.State)
            ? new(null, problem)
            : new(Finish(schema, change.State, planned), problem);
    }

    /// <summary>Changes it.</summary>
    public static async Task<Applied> UpdateAsync(
        Resource resource, TypeSchema schema, TfObject prior, TfObject planned, TfObject config, CancellationToken ct)
    {
        var change = new ResourceChange(prior, config, planned.Copy());
        var problem = await Problems.CatchAsync(
            $"updating {resource.Type} ({prior.String("id")})",
            async () =>
            {
                await resource.UpdateAsync(change, ct);
                await ReadBackAsync(resource, change.State, planned, "update", ct);
            },
            ct);
        return problem is null ? new(Finish(schema, change.State, planned)) : new(prior, problem);
    }

    /// <summary>Deletes it.</summary>
    public static async Task<Applied> DeleteAsync(Resource resource, TfObject prior, CancellationToken ct)
    {
        var change = new ResourceChange(prior, new TfObject(), prior.Copy());
        var problem = await Problems.CatchAsync(
            $"deleting {resource.Type} ({prior.String("id")})", () => resource.DeleteAsync(change, ct), ct);
        return new(problem is null ? null : prior, problem);
    }

    /// <summary>Reads it; no state when it is gone.</summary>
    public static async Task<Applied> ReadAsync(Resource resource, TypeSchema schema, TfObject current, CancellationToken ct)
    {
        var state = current.Copy();
        var exists = false;
        var problem = await Problems.CatchAsync(
            $"reading {resource.Type} ({current.String("id")})",
            async () => exists = await resource.ReadAsync(state, ct),
            ct);
        return problem is not null ? new(current, problem)
            : exists ? new(Finish(schema, state, current))
            : new(null);
    }

    private static async Task ReadBackAsync(Resource resource, TfObject state, TfObject planned, string after, CancellationToken ct)
    {
        if (!await resource.ReadAsync(state, ct))
        {
            throw new ProviderException(
                $"reading {resource.Type} ({state.String("id") ?? planned.String("id")}): couldn't find resource after {after}");
        }
    }

    private static TfObject Finish(TypeSchema schema, TfObject state, TfObject planned)
    {
        var typed = (TfObject)TfCoercion.To(schema.Type, Known(state));
        Zero.FillObjects(schema.Block, typed);
        Zero.KeepWords(typed, (TfObject)Known(planned));
        return typed;
    }

    // A saved state holds no unknown: what the provider did not learn is null.
    private static TfValue Known(TfValue value) => value switch
    {
        TfUnknown => TfValue.Null,
        TfList list => new TfList([.. list.Elements.Select(Known)]),
        TfSet set => new TfSet([.. set.Elements.Select(Known)]),
        TfMap map => new TfMap(map.Entries.ToDictionary(entry => entry.Key, entry => Known(entry.Value))),
        TfObject shape => new TfObject(shape.Select(entry => KeyValuePair.Create(entry.Key, Known(entry.Value)))),
        TfDynamic dynamic => Known(dynamic.Value) is { IsNull: false } known ? new TfDynamic(dynamic.Type, known) : TfValue.Null,
        _ => value,
    };
}
