using Mayfly.Aws;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>
/// What all of AWS's resources share: errors in the real provider's words, tags, JSON documents that mean the same,
/// waiting, and a refusal of arguments that the type does not honour.
/// </summary>
internal abstract class AwsResource(AwsCloud cloud) : Resource
{
    // Every type has these, and this class or the planner sees to them.
    private static readonly string[] Common = ["id", "region", "tags", "tags_all", "timeouts"];

    /// <summary>The account.</summary>
    protected AwsCloud Cloud => cloud;

    /// <summary>What messages call the type: <c>EC2 VPC</c>.</summary>
    protected abstract string Noun { get; }

    /// <summary>The arguments that reach AWS. A configured one that is not listed is refused before anything is created; <c>block.argument</c> limits a block.</summary>
    protected abstract IReadOnlyList<string> Honoured { get; }

    /// <summary>Arguments that hold JSON, where only the meaning counts.</summary>
    protected virtual IReadOnlyList<string> JsonDocuments => [];

    /// <summary>Blocks, and arguments, that keep what AWS fills in when they are not configured, although the schema does not say so.</summary>
    protected virtual IReadOnlyList<string> Kept => [];

    /// <summary>Whether the type lives in no region.</summary>
    protected virtual bool IsGlobal => false;

    /// <summary>What messages call one of them.</summary>
    protected virtual string? Label(TfObject state) => state.String("id") ?? state.String("name");

    /// <summary>Creates it; writes <c>id</c> as soon as it exists.</summary>
    protected abstract Task CreateCoreAsync(ResourceChange change, CancellationToken ct);

    /// <summary>Reads it; false, or a not-found of AWS, when it is gone.</summary>
    protected abstract Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct);

    /// <summary>Changes everything but tags.</summary>
    protected virtual Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Deletes it; a not-found of AWS is fine.</summary>
    protected abstract Task DeleteCoreAsync(ResourceChange change, CancellationToken ct);

    /// <summary>Sets tags of an existing resource.</summary>
    protected virtual Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Removes tags.</summary>
    protected virtual Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public sealed override async Task CreateAsync(ResourceChange change, CancellationToken ct)
    {
        Refuse(change.Config);
        await WordedAsync("creating", change.State, () => CreateCoreAsync(change, ct));
    }

    /// <inheritdoc/>
    public sealed override async Task<bool> ReadAsync(TfObject state, CancellationToken ct)
    {
        var documents = JsonDocuments.ToDictionary(name => name, state.String);
        var there = true;
        await WordedAsync("reading", state, async () =>
        {
            try
            {
                there = await ReadCoreAsync(state, ct);
            }
            catch (AwsException error) when (error.IsGone())
            {
                there = false;
            }
        });
        if (!IsGlobal && !state["region"].HasValue)
        {
            state["region"] = cloud.Region;
        }

        // A name that was made from a prefix tells it, so that an imported resource fits a configuration with the prefix.
        foreach (var prefix in Honoured.Where(name => name.EndsWith("name_prefix", StringComparison.Ordinal) && !state[name].HasValue))
        {
            state[prefix] = Ids.PrefixOf(state.String(prefix[..^"_prefix".Length]));
        }

        foreach (var (name, before) in documents)
        {
            if (before is not null && state.String(name) is { } now && JsonDocument.AreSame(before, now))
            {
                state[name] = before;
            }
        }

        return there;
    }

    /// <inheritdoc/>
    public sealed override async Task UpdateAsync(ResourceChange change, CancellationToken ct)
    {
        Refuse(change.Config);
        await WordedAsync("updating", change.State, async () =>
        {
            await UpdateTagsAsync(change, ct);
            await UpdateCoreAsync(change, ct);
        });
    }

    /// <inheritdoc/>
    public sealed override Task DeleteAsync(ResourceChange change, CancellationToken ct) =>
        WordedAsync("deleting", change.State, async () =>
        {
            try
            {
                await DeleteCoreAsync(change, ct);
            }
            catch (AwsException error) when (error.IsGone())
            {
            }
        });

    /// <inheritdoc/>
    public override Task<TfObject> ImportAsync(string id, CancellationToken ct) =>
        Task.FromResult(new TfObject(Defaults.Where(entry => !entry.Key.Contains('.'))) { ["id"] = id });

    /// <inheritdoc/>
    public override void Plan(ResourcePlan plan)
    {
        foreach (var name in JsonDocuments)
        {
            if (plan.Prior?.String(name) is { } before && plan.Planned.String(name) is { } now && JsonDocument.AreSame(before, now))
            {
                plan.Planned[name] = before;
            }
        }

        foreach (var name in Kept)
        {
            if (plan.Config[name] is TfNull or TfList { Elements.Count: 0 } or TfSet { Elements.Count: 0 })
            {
                plan.Planned[name] = plan.Prior is { } prior ? prior[name] : TfValue.Unknown;
            }
        }

        // Blocks that differ only in what is empty are the same, wherever in them that is.
        foreach (var name in plan.Planned.Names.Where(name => plan.Prior is not null && !plan.Planned[name].Equals(plan.Prior[name])).ToList())
        {
            if (Likeness.AreAlike(plan.Planned[name], plan.Prior![name]))
            {
                plan.Planned[name] = plan.Prior[name];
            }
        }
    }

    /// <summary>The tags to create it with.</summary>
    protected static IReadOnlyDictionary<string, string> TagsOf(ResourceChange change) => change.State.Map("tags_all");

    /// <summary>Takes the tags that it has.</summary>
    protected void TakeTags(TfObject state, IEnumerable<KeyValuePair<string, string>> tags)
    {
        var all = tags.Where(tag => !cloud.Options.IsIgnored(tag.Key)).ToDictionary();
        var configured = state.Map("tags");
        var own = all.Where(tag => configured.ContainsKey(tag.Key)
            || !cloud.Options.DefaultTags.TryGetValue(tag.Key, out var value) || value != tag.Value).ToDictionary();
        state["tags_all"] = TfValue.Map(all);
        state["tags"] = own.Count == 0 && !state["tags"].HasValue ? TfValue.Null : TfValue.Map(own);
    }

    /// <summary>Looks until what is looked at is as wanted.</summary>
    /// <param name="what">What is waited for, as messages say it: <c>EKS Cluster (pr-42) create</c>.</param>
    /// <param name="wanted">The state to reach; empty: gone.</param>
    /// <param name="limit">How long at most.</param>
    /// <param name="look">The state now; null or a not-found of AWS: gone.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="pending">States that lead there; others are a failure. None: all do.</param>
    protected static async Task WaitAsync(
        string what, string wanted, TimeSpan limit, Func<Task<string?>> look, CancellationToken ct, params string[] pending)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = TimeSpan.FromMilliseconds(Math.Min(2000, pause.TotalMilliseconds * 1.5)))
        {
            var state = await StateAsync(look);
            if (state == wanted)
            {
                return;
            }

            if (state.Length > 0 && pending.Length > 0 && !pending.Contains(state))
            {
                throw new ProviderException($"waiting for {what}: unexpected state '{state}', wanted target '{wanted}'. last error: %!s(<nil>)");
            }

            if (clock.GetElapsedTime(start) > limit)
            {
                throw new ProviderException(
                    $"waiting for {what}: timeout while waiting for state to become '{wanted}' (last state: '{state}', timeout: {GoTime(limit)})");
            }

            await Task.Delay(pause, clock, ct);
        }
    }

    private static async Task<string> StateAsync(Func<Task<string?>> look)
    {
        try
        {
            return await look() ?? "";
        }
        catch (AwsException error) when (error.IsGone())
        {
            return "";
        }
    }

    private static string GoTime(TimeSpan span) =>
        (span.TotalHours >= 1 ? $"{(int)span.TotalHours}h" : "") + (span.TotalMinutes >= 1 ? $"{span.Minutes}m" : "") + $"{span.Seconds}s";

    private async Task UpdateTagsAsync(ResourceChange change, CancellationToken ct)
    {
        if (!change.Changed("tags_all"))
        {
            return;
        }

        var (before, now) = (change.Prior?.Map("tags_all") ?? TagsOf(change), TagsOf(change));
        var gone = before.Keys.Where(key => !now.ContainsKey(key) && !cloud.Options.IsIgnored(key)).ToList();
        var set = now.Where(tag => !before.TryGetValue(tag.Key, out var value) || value != tag.Value).ToDictionary();
        if (gone.Count > 0)
        {
            await UntagAsync(change.State, gone, ct);
        }

        if (set.Count > 0)
        {
            await TagAsync(change.State, set, ct);
        }
    }

    private async Task WordedAsync(string verb, TfObject state, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (AwsException error)
        {
            throw AwsErrors.While(Label(state) is { } label ? $"{verb} {Noun} ({label})" : $"{verb} {Noun}", error);
        }
    }

    private void Refuse(TfObject config)
    {
        cloud.RefuseOtherRegion(Type, config);
        foreach (var (name, value) in config)
        {
            if (!IsSet(name, value) || Common.Contains(name) || Honoured.Contains(name))
            {
                continue;
            }

            var nested = Honoured.Where(entry => entry.StartsWith(name + ".", StringComparison.Ordinal)).Select(entry => entry[(name.Length + 1)..]).ToList();
            var refused = nested.Count == 0
                ? name
                : config.Blocks(name).SelectMany(block => block).Where(entry => IsSet($"{name}.{entry.Key}", entry.Value) && !nested.Contains(entry.Key))
                    .Select(entry => $"{name}.{entry.Key}").FirstOrDefault();
            if (refused is not null)
            {
                throw new ProviderException($"{Type}: the local cloud cannot honour the argument \"{refused}\"",
                    $"{refused} is set, and the stand-in for hashicorp/aws has no way to bring it about. It is not ignored in silence; leave it out for the local cloud.",
                    refused.Split('.')[0]);
            }
        }
    }

    private bool IsSet(string path, TfValue value) => value switch
    {
        _ when Defaults.TryGetValue(path, out var usual) => value.HasValue && !value.Equals(usual),
        TfNull or TfUnknown or TfBool { Truth: false } or TfString { Text: "" } or TfNumber { Literal: "0" } => false,
        TfList { Elements.Count: 0 } or TfSet { Elements.Count: 0 } or TfMap { Entries.Count: 0 } => false,
        _ => true,
    };
}
