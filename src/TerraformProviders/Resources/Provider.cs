using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Resources;

/// <summary>A provider: its configuration, and the types that it can create and read. Its schemas come from its fact file.</summary>
public abstract class Provider
{
    /// <summary>The name: aws, kubernetes, helm. Also the fact file's.</summary>
    public abstract string Name { get; }

    /// <summary>Resource types by name; made when first used.</summary>
    public abstract IReadOnlyDictionary<string, Func<Resource>> Resources { get; }

    /// <summary>Data sources by name; made when first used.</summary>
    public abstract IReadOnlyDictionary<string, Func<DataSource>> DataSources { get; }

    /// <summary>Takes the provider block; values can be unknown while planning. Throws <see cref="ProviderException"/> for what cannot work.</summary>
    public abstract Task ConfigureAsync(TfObject config, CancellationToken ct);

    /// <summary>What applies to all types (default tags); called before <see cref="Resource.Plan"/>, also for types without an implementation.</summary>
    public virtual void Plan(string type, ResourcePlan plan)
    {
    }

    /// <summary>What applying a type that has a schema but no implementation says.</summary>
    public virtual ProviderException CannotCreate(string type) => new(
        $"creating {type}: the local cloud cannot create it",
        $"{type} is known and can be planned, but the stand-in for hashicorp/{Name} has no way to create, change or delete one.");

    /// <summary>What reading or importing a type without an implementation says.</summary>
    public virtual ProviderException CannotRead(string type) => new(
        $"reading {type}: the local cloud has none",
        $"{type} is known and can be planned, but the stand-in for hashicorp/{Name} has no way to read one.");
}
