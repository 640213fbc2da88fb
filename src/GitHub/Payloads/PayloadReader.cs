using System.Globalization;
using System.Text.Json;

namespace Mayfly.GitHub.Payloads;

/// <summary>
/// Reads payloads. Few fields are read, each by itself, and none must be there: typed models of the whole payload refuse what an
/// older or newer GitHub sends.
/// </summary>
public static class PayloadReader
{
    /// <summary>Reads the JSON text of an event; null when it is no JSON object.</summary>
    /// <param name="name">The event's name, which the payload itself does not hold.</param>
    /// <param name="json">The payload.</param>
    public static EventPayload? TryRead(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(json));
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(name, document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a pull request as events and the API show it; null when it lacks what makes it one.</summary>
    public static PullState? ReadPull(JsonElement pull)
    {
        if (Number(pull, "number") is not { } number || Child(pull, "head") is not { } head
            || Text(head, "sha") is not { } commit || Text(head, "ref") is not { } branch)
        {
            return null;
        }

        var target = Child(pull, "base");
        return new PullState
        {
            Number = number,
            IsOpen = Text(pull, "state") == "open",
            IsMerged = Flag(pull, "merged"),
            IsDraft = Flag(pull, "draft"),
            IsLocked = Flag(pull, "locked"),
            HeadCommit = commit,
            HeadBranch = branch,
            HeadRepository = Child(head, "repo") is { } from ? Id(from) : null,
            BaseRepository = target is { } to && Child(to, "repo") is { } repository ? Id(repository) : null,
            BaseBranch = target is { } into ? Text(into, "ref") ?? "" : "",
            BaseCommit = target is { } at ? Text(at, "sha") ?? "" : "",
            Labels = Labels(pull),
            Author = ReadAccount(pull, "user"),
        };
    }

    private static EventPayload Read(string name, JsonElement root)
    {
        var pull = Child(root, "pull_request") is { } shown ? ReadPull(shown) : null;
        var issue = Child(root, "issue");
        var inputs = Inputs(root);
        return new EventPayload
        {
            Name = name,
            Action = Text(root, "action") ?? "",
            Number = pull?.Number ?? PullOf(issue) ?? Given(inputs),
            Sender = ReadAccount(root, "sender"),
            Pull = pull,
            Label = Child(root, "label") is { } label ? Text(label, "name") : null,
            Comment = Child(root, "comment") is { } comment && Id(comment) is { } id
                ? new CommentPayload(id, Text(comment, "body") ?? "", ReadAccount(comment, "user"))
                : null,
            Inputs = inputs,
        };
    }

    // A comment on an issue has the same event as one on a pull request, but no link to one.
    private static int? PullOf(JsonElement? issue) =>
        issue is { } found && Child(found, "pull_request") is not null ? Number(found, "number") : null;

    private static int? Given(IReadOnlyDictionary<string, string> inputs) =>
        inputs.TryGetValue("pr", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : null;

    private static Dictionary<string, string> Inputs(JsonElement root) =>
        Child(root, "inputs") is not { } inputs ? []
            : inputs.EnumerateObject()
                .Where(input => input.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .GroupBy(input => input.Name, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value.ToString().Trim(), StringComparer.Ordinal);

    private static List<string> Labels(JsonElement pull) =>
        pull.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Array
            ? [.. labels.EnumerateArray().Where(label => label.ValueKind == JsonValueKind.Object).Select(label => Text(label, "name")).OfType<string>()]
            : [];

    private static Account? ReadAccount(JsonElement element, string name) =>
        Child(element, name) is { } account && Text(account, "login") is { } login
            ? new Account(login, Text(account, "type") == "Bot" || login.EndsWith("[bot]", StringComparison.Ordinal))
            : null;

    private static JsonElement? Child(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object ? child : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0
            ? number : null;

    private static long? Id(JsonElement element) =>
        element.TryGetProperty("id", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id) ? id : null;

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? json[3..] : json;
}
