using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>
/// Completes what Terraform proposes from configuration and prior state with what only a provider knows: defaults, and
/// what is not known before apply. An argument that is not configured and was as good as empty stays as it was.
/// </summary>
internal sealed class Completion(IReadOnlyDictionary<string, TfValue> defaults)
{
    /// <summary>Completes a block in place.</summary>
    /// <param name="block">Its schema.</param>
    /// <param name="planned">What is proposed.</param>
    /// <param name="config">What is configured, or null where no configuration corresponds (an element of a set).</param>
    /// <param name="prior">What was, or null when the block is new.</param>
    /// <param name="prefix">Where it lies: <c>""</c>, <c>vpc_config.</c></param>
    public void Complete(Block block, TfObject planned, TfObject? config, TfObject? prior, string prefix)
    {
        CompleteAttributes(block.Attributes, planned, config, prior, prefix);
        foreach (var nested in block.BlockTypes)
        {
            var (name, inner) = (nested.TypeName, nested.Block);
            planned[name] = Each(
                planned[name], config?[name] ?? TfValue.Null, prior?[name] ?? TfValue.Null,
                (element, from, before) => Complete(inner, element, from, before, $"{prefix}{name}."));
        }
    }

    private void CompleteAttributes(
        IEnumerable<Protocol.Messages.Attribute> attributes, TfObject planned, TfObject? config, TfObject? prior, string prefix)
    {
        foreach (var attribute in attributes)
        {
            var name = attribute.Name;
            if (attribute.WriteOnly)
            {
                planned[name] = TfValue.Null;
                continue;
            }

            var configured = config is null ? planned[name] : config[name];
            if (configured.IsNull)
            {
                planned[name] = Unconfigured(attribute, planned[name], prior?[name], prefix);
            }
            else if (prior is not null && prior[name] is var before && Zero.AreBoth(configured, before))
            {
                planned[name] = before;
            }
            else if (attribute.NestedType is { } nested)
            {
                planned[name] = Each(
                    planned[name], config?[name] ?? TfValue.Null, prior?[name] ?? TfValue.Null,
                    (element, from, earlier) => CompleteAttributes(nested.Attributes, element, from, earlier, $"{prefix}{name}."));
            }
        }
    }

    private TfValue Unconfigured(Protocol.Messages.Attribute attribute, TfValue proposed, TfValue? prior, string prefix)
    {
        if (defaults.TryGetValue(prefix + attribute.Name, out var byDefault))
        {
            return byDefault;
        }

        if (attribute.Computed && !proposed.IsNull)
        {
            return proposed;
        }

        if (attribute.Computed)
        {
            return prior is null ? TfValue.Unknown : proposed;
        }

        return prior is not null && Zero.Is(prior) ? prior : proposed;
    }

    // Elements of a list correspond by position; those of a set have lost theirs, and correspond to an earlier element
    // that differs only in what is computed.
    private static TfValue Each(TfValue planned, TfValue config, TfValue prior, Action<TfObject, TfObject?, TfObject?> complete)
    {
        switch (planned)
        {
            case TfObject single:
                var own = single.Copy();
                complete(own, config as TfObject, prior as TfObject);
                return own;
            case TfList list:
                var (configured, before) = (Objects(config), Objects(prior));
                return new TfList([.. list.Elements.Select((element, i) => At(
                    element, copy => complete(copy, configured.ElementAtOrDefault(i), before.ElementAtOrDefault(i))))]);
            case TfSet set:
                var earlier = Objects(prior);
                return new TfSet([.. set.Elements.Select(element => At(
                    element, copy => complete(copy, null, earlier.FirstOrDefault(other => Covers(other, copy)))))]);
            case TfMap map:
                var (from, was) = (config as TfMap, prior as TfMap);
                return new TfMap(map.Entries.ToDictionary(entry => entry.Key, entry => At(
                    entry.Value,
                    copy => complete(
                        copy, from?.Entries.GetValueOrDefault(entry.Key) as TfObject, was?.Entries.GetValueOrDefault(entry.Key) as TfObject))));
            default:
                return planned;
        }
    }

    private static TfValue At(TfValue element, Action<TfObject> complete)
    {
        if (element is not TfObject shape)
        {
            return element;
        }

        var copy = shape.Copy();
        complete(copy);
        return copy;
    }

    private static IReadOnlyList<TfObject> Objects(TfValue value) => new TfObject { ["x"] = value }.Blocks("x");

    private static bool Covers(TfObject prior, TfObject planned) =>
        planned.All(entry => entry.Value.IsNull || entry.Value.Equals(prior[entry.Key]));
}
