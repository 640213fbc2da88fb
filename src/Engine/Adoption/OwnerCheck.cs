using System.Text.Json;
using System.Text.RegularExpressions;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <summary>Whose a thing is: by its owner tag or, where it carries none, by a name that only one environment can have.</summary>
/// <param name="environment">The environment's id.</param>
public sealed class OwnerCheck(string environment)
{
    private static readonly string[] NamingAttributes =
        ["name", "identifier", "cluster_identifier", "bucket", "domain_name", "key_name", "alarm_name", "role"];

    // A name that holds the env id as a word of its own can be no other environment's: pr-42-nodes, never pr-421-nodes.
    private readonly Regex _ownName = new($"(?<![A-Za-z0-9]){Regex.Escape(environment)}(?![A-Za-z0-9])", RegexOptions.CultureInvariant);

    /// <summary>Whether an import id or a planned name can only be this environment's.</summary>
    public bool IsOwnName(string importId, JsonElement planned) => _ownName.IsMatch(importId) || PlannedNames(planned).Any(_ownName.IsMatch);

    /// <summary>The names that a planned resource is given, the most telling first.</summary>
    public static IEnumerable<string> PlannedNames(JsonElement planned) =>
        NamingAttributes.Select(attribute => AttributeTemplate.Attribute(planned, attribute)).OfType<string>();

    /// <summary>
    /// The strangers among what a plan imports, by the tags that terraform read off the things themselves. So ownership is looked at
    /// where an API that lists things does not give their tags, and where nothing but the import could tell that there is something.
    /// </summary>
    /// <param name="plan">A plan with import blocks.</param>
    /// <param name="imported">What they stand for.</param>
    public IReadOnlyList<Stranger> StrangersIn(Plan plan, IReadOnlyCollection<Orphan> imported)
    {
        var byAddress = imported.ToDictionary(orphan => orphan.Address, StringComparer.Ordinal);
        var strangers = new List<Stranger>();
        foreach (var change in plan.Changes.Where(change => change.ImportId is not null))
        {
            if (byAddress.TryGetValue(change.Address, out var orphan) && !IsOurs(change, orphan, out var owner))
            {
                strangers.Add(new Stranger(change.Address, orphan.ImportId, owner));
            }
        }

        return strangers;
    }

    private bool IsOurs(PlannedChange change, Orphan orphan, out string? owner)
    {
        owner = Tag(change.Before, "tags_all") ?? Tag(change.Before, "tags");
        return owner is not null ? owner == environment : !orphan.IsGuess || orphan.IsOwn || IsOwnName(orphan.ImportId, change.Before);
    }

    private static string? Tag(JsonElement attributes, string map) =>
        attributes.ValueKind is JsonValueKind.Object
        && attributes.TryGetProperty(map, out var tags) && tags.ValueKind is JsonValueKind.Object
        && tags.TryGetProperty(EnvironmentIdentity.OwnerTag, out var owner) && owner.ValueKind is JsonValueKind.String
            ? owner.GetString()
            : null;
}
