using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Resources;

/// <summary>
/// A resource type that the provider can create. The generic planner plans it from its schema; what the schema does
/// not say (what forces a replacement, defaults, what is known before apply) is said here.
///
/// Create, update and delete are given a <see cref="ResourceChange"/>. Create writes at least <c>id</c> into
/// <c>change.State</c>, as soon as the thing exists: what then fails leaves a tainted resource in the state, never an
/// orphan. After create and update the planner calls <see cref="ReadAsync"/>, which fills in all the rest.
/// What the outside world refuses is thrown as <see cref="ProviderException"/> in the real provider's words.
/// </summary>
public abstract class Resource
{
    /// <summary>The type's name, as in <c>aws_vpc</c>.</summary>
    public abstract string Type { get; }

    /// <summary>The type's schema; there before anything else is called.</summary>
    public TypeSchema Schema { get; internal set; } = null!;

    /// <summary>Arguments whose change replaces the resource: <c>name</c>, <c>vpc_config.subnet_ids</c>; a block's name counts for all in it.</summary>
    public virtual IReadOnlyList<string> ForceNew => [];

    /// <summary>Values of top-level or nested (<c>block.argument</c>) arguments that are not configured.</summary>
    public virtual IReadOnlyDictionary<string, TfValue> Defaults => new Dictionary<string, TfValue>();

    /// <summary>Computed attributes that an update leaves as they are is the rule; these become unknown when anything changes.</summary>
    public virtual IReadOnlyList<string> UnknownOnUpdate => [];

    /// <summary>Last word on a plan of a create or update: computed values known now, values that mean the same, extra replacements.</summary>
    public virtual void Plan(ResourcePlan plan)
    {
    }

    /// <summary>The same for what has to ask the outside world; by default <see cref="Plan"/>.</summary>
    public virtual Task PlanAsync(ResourcePlan plan, CancellationToken ct)
    {
        Plan(plan);
        return Task.CompletedTask;
    }

    /// <summary>Checks a configuration beyond its schema; values can be unknown.</summary>
    public virtual IEnumerable<Diagnostic> Validate(TfObject config) => [];

    /// <summary>Creates it.</summary>
    public abstract Task CreateAsync(ResourceChange change, CancellationToken ct);

    /// <summary>Brings the state up to date in place; false when the thing is gone.</summary>
    public abstract Task<bool> ReadAsync(TfObject state, CancellationToken ct);

    /// <summary>Changes it; never called for a type of which every argument forces a replacement.</summary>
    public virtual Task UpdateAsync(ResourceChange change, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Deletes it and waits until it is gone; a thing that is gone already is fine.</summary>
    public abstract Task DeleteAsync(ResourceChange change, CancellationToken ct);

    /// <summary>Whether a state that a failed create left names a thing that exists.</summary>
    public virtual bool IsCreated(TfObject state) => state["id"].HasValue;

    /// <summary>The state of an import id, as far as it takes to read the resource; Terraform reads it next. By default just <c>id</c>.</summary>
    public virtual Task<TfObject> ImportAsync(string id, CancellationToken ct) => Task.FromResult(new TfObject { ["id"] = id });
}

/// <summary>A create, an update or a delete.</summary>
public sealed class ResourceChange(TfObject? prior, TfObject config, TfObject state)
{
    /// <summary>The state before; null on create.</summary>
    public TfObject? Prior { get; } = prior;

    /// <summary>The configuration, nulls where nothing is written; empty on delete.</summary>
    public TfObject Config { get; } = config;

    /// <summary>What is to be, and what will be saved: the plan on create and update (unknown where computed), the prior state on delete.</summary>
    public TfObject State { get; } = state;

    /// <summary>The resource's id.</summary>
    public string Id => State.String("id") ?? Prior?.String("id") ?? "";

    /// <summary>Whether an argument differs from before.</summary>
    public bool Changed(string name) => Prior is null || !Prior[name].Equals(State[name]);

    /// <summary>The <c>timeouts</c> block's value for an operation (create, update, delete), or the default.</summary>
    public TimeSpan Timeout(string operation, TimeSpan byDefault) =>
        GoDuration.TryParse(State.Block("timeouts")?.String(operation), out var configured) ? configured : byDefault;
}

/// <summary>A plan that a resource type may still shape.</summary>
public sealed class ResourcePlan(TfObject? prior, TfObject config, TfObject planned)
{
    private readonly HashSet<string> replacements = [];

    /// <summary>The state before; null on create.</summary>
    public TfObject? Prior { get; } = prior;

    /// <summary>The configuration, nulls where nothing is written.</summary>
    public TfObject Config { get; } = config;

    /// <summary>The proposed new state; may be written to.</summary>
    public TfObject Planned { get; } = planned;

    /// <summary>Whether the resource is to be created.</summary>
    public bool IsCreate => Prior is null;

    /// <summary>The arguments that replace the resource beyond the type's <see cref="Resource.ForceNew"/>.</summary>
    public IReadOnlyCollection<string> Replacements => replacements;

    /// <summary>Replaces the resource because of this argument.</summary>
    public void Replace(string attribute) => replacements.Add(attribute);
}

/// <summary>A data source that the provider can read.</summary>
public abstract class DataSource
{
    /// <summary>The type's name.</summary>
    public abstract string Type { get; }

    /// <summary>The type's schema; there before anything else is called.</summary>
    public TypeSchema Schema { get; internal set; } = null!;

    /// <summary>Fills in the computed attributes of a configuration that is wholly known.</summary>
    public abstract Task ReadAsync(TfObject state, CancellationToken ct);
}
