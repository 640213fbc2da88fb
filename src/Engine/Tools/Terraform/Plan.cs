using System.Text.Json;

namespace Mayfly.Engine.Tools;

/// <summary>A plan: what terraform would do, read from <c>terraform show -json</c>.</summary>
/// <param name="File">The saved plan; null when there is nothing to apply.</param>
/// <param name="Targets">What it was limited to; empty: nothing.</param>
/// <param name="Changes">Every resource that would be touched or read later; untouched ones are left out.</param>
/// <param name="ChangesOutputs">True when only outputs would change.</param>
public sealed record Plan(string? File, IReadOnlyList<string> Targets, IReadOnlyList<PlannedChange> Changes, bool ChangesOutputs)
{
    /// <summary>True when an apply would write nothing.</summary>
    public bool IsEmpty => File is null;

    /// <summary>Resources whose attributes lead to the changes, as terraform names them (<c>relevant_attributes</c> of the JSON form).</summary>
    public IReadOnlySet<string> Sources { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// What has to be made before the rest can be planned well: something would be replaced for no other reason than that a value is
    /// not known yet, and that value comes from a resource that is to be made. Made anew under its old name, it mostly has the old value.
    /// </summary>
    public IReadOnlyList<string> MadeFirst => Changes.Any(change => change.IsReplacedForTheUnknown)
        ? [.. Changes.Where(change => change.IsCreate && (Sources.Contains(change.Address) || Sources.Contains(WithoutIndex(change.Address)))).Select(change => change.Address)]
        : [];

    /// <summary>True when something that exists would be destroyed.</summary>
    public bool Destroys => Changes.Any(change => change.Actions.Contains("delete"));

    /// <summary>A plan that found everything as it should be.</summary>
    public static Plan Nothing(IReadOnlyList<string> targets) => new(null, targets, [], false);

    /// <summary>Reads the JSON form. Only changes are kept, one at a time, so that a plan of thousands of resources costs little.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Plan Read(string file, IReadOnlyList<string> targets, ReadOnlyMemory<byte> json)
    {
        var changes = new List<PlannedChange>();
        var outputs = false;
        var sources = new HashSet<string>(StringComparer.Ordinal);
        JsonWalk.Members(json.Span, (string name, ref Utf8JsonReader reader) =>
        {
            switch (name)
            {
                case "resource_changes":
                    JsonWalk.Items(ref reader, (ref Utf8JsonReader item) =>
                    {
                        using var resource = JsonDocument.ParseValue(ref item);
                        if (PlannedChange.Read(resource.RootElement) is { IsNoOp: false } change)
                        {
                            changes.Add(change);
                        }
                    });
                    break;
                case "output_changes":
                    using (var document = JsonDocument.ParseValue(ref reader))
                    {
                        outputs = document.RootElement.EnumerateObject().Any(o => o.Value.GetProperty("actions")[0].GetString() != "no-op");
                    }

                    break;
                case "relevant_attributes":
                    JsonWalk.Items(ref reader, (ref Utf8JsonReader item) =>
                    {
                        using var attribute = JsonDocument.ParseValue(ref item);
                        if (attribute.RootElement.TryGetProperty("resource", out var resource) && resource.GetString() is { } address)
                        {
                            sources.Add(address);
                        }
                    });
                    break;
                default:
                    reader.Skip();
                    break;
            }
        });
        return new Plan(file, targets, changes, outputs) { Sources = sources };
    }

    private static string WithoutIndex(string address) =>
        address.EndsWith(']') && address.LastIndexOf('[') is > 0 and var index ? address[..index] : address;
}

/// <summary>One resource in a plan.</summary>
/// <param name="Address">Full address, indexes and modules included.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Provider">Full provider name.</param>
/// <param name="Actions">As terraform has them: <c>create</c>, <c>update</c>, <c>delete</c>, <c>read</c>, or a pair for a replacement.</param>
/// <param name="After">The planned attributes; may hold secrets, so it never goes into an event.</param>
/// <param name="AfterUnknown">Which of them are known only after the apply.</param>
/// <param name="ImportId">The id it is imported by, when an import block names it.</param>
public sealed record PlannedChange(
    string Address, string Type, string Provider, IReadOnlyList<string> Actions, JsonElement After, JsonElement AfterUnknown, string? ImportId)
{
    /// <summary>The attributes of what an import block names, as terraform read them; nothing for other changes.</summary>
    public JsonElement Before { get; init; }

    /// <summary>The attributes for which it would be replaced, each a path of names and indexes.</summary>
    public IReadOnlyList<JsonElement> ReplacePaths { get; init; } = [];

    /// <summary>True when it would be replaced, and every attribute that asks for it has a value that is not known yet.</summary>
    public bool IsReplacedForTheUnknown => Actions is [_, _] && ReplacePaths.Count > 0 && ReplacePaths.All(path => IsUnknown(AfterUnknown, path));

    public bool IsNoOp => Actions is ["no-op"] && ImportId is null;
    public bool IsCreate => Actions is ["create"];
    public bool IsRead => Actions is ["read"];

    /// <summary>One word for people.</summary>
    public string Verb => ImportId is not null ? "import" : Actions is [_, _] ? "replace" : Actions.Count > 0 ? Actions[0] : "no-op";

    internal static PlannedChange Read(JsonElement resource)
    {
        var change = resource.GetProperty("change");
        var actions = change.GetProperty("actions").EnumerateArray().Select(action => action.GetString() ?? "").ToList();
        var importId = change.TryGetProperty("importing", out var importing) && importing.ValueKind is JsonValueKind.Object
            && importing.TryGetProperty("id", out var id) ? id.GetString() : null;
        var untouched = actions is ["no-op"] && importId is null;
        return new PlannedChange(
            resource.GetProperty("address").GetString() ?? "",
            resource.GetProperty("type").GetString() ?? "",
            resource.TryGetProperty("provider_name", out var provider) ? provider.GetString() ?? "" : "",
            actions,
            untouched ? default : Copy(change, "after"),
            untouched ? default : Copy(change, "after_unknown"),
            importId)
        {
            Before = importId is null ? default : Copy(change, "before"),
            ReplacePaths = change.TryGetProperty("replace_paths", out var paths) && paths.ValueKind is JsonValueKind.Array
                ? [.. paths.EnumerateArray().Select(path => path.Clone())]
                : [],
        };
    }

    // What is unknown whole is marked at the top, with nothing below; what is so in part leaves the whole in doubt.
    private static bool IsUnknown(JsonElement unknown, JsonElement path)
    {
        foreach (var step in path.EnumerateArray())
        {
            if (unknown.ValueKind is JsonValueKind.True)
            {
                return true;
            }

            if (step.ValueKind is JsonValueKind.String && unknown.ValueKind is JsonValueKind.Object && unknown.TryGetProperty(step.GetString()!, out var member))
            {
                unknown = member;
            }
            else if (step.ValueKind is JsonValueKind.Number && unknown.ValueKind is JsonValueKind.Array && step.GetInt32() < unknown.GetArrayLength())
            {
                unknown = unknown[step.GetInt32()];
            }
            else
            {
                return false;
            }
        }

        return HoldsUnknown(unknown);
    }

    private static bool HoldsUnknown(JsonElement unknown) => unknown.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Array => unknown.EnumerateArray().Any(HoldsUnknown),
        JsonValueKind.Object => unknown.EnumerateObject().Any(member => HoldsUnknown(member.Value)),
        _ => false,
    };

    private static JsonElement Copy(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.Clone() : default;
}
