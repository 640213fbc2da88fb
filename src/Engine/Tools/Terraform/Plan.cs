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

    /// <summary>A plan that found everything as it should be.</summary>
    public static Plan Nothing(IReadOnlyList<string> targets) => new(null, targets, [], false);

    /// <summary>Reads the JSON form. Only changes are kept, one at a time, so that a plan of thousands of resources costs little.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Plan Read(string file, IReadOnlyList<string> targets, ReadOnlyMemory<byte> json)
    {
        var changes = new List<PlannedChange>();
        var outputs = false;
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
                default:
                    reader.Skip();
                    break;
            }
        });
        return new Plan(file, targets, changes, outputs);
    }
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
        };
    }

    private static JsonElement Copy(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.Clone() : default;
}
