using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Mayfly.GitHubStandIn;

/// <summary>GitHub's own OpenAPI description, asked whether a request or an answer is as it says.</summary>
public sealed class GitHubContract
{
    private readonly JsonObject _description;
    private readonly OpenApiSchema _schemas;
    private readonly ConcurrentDictionary<string, JsonSchema> _made = new(StringComparer.Ordinal);
    private readonly List<(string[] Parts, string Path)> _paths;

    private GitHubContract(JsonObject description)
    {
        _description = description;
        _schemas = new OpenApiSchema(description);
        _paths = [.. description["paths"]!.AsObject().Select(path => (path.Key.Trim('/').Split('/'), path.Key))];
    }

    /// <summary>Reads the description.</summary>
    public static GitHubContract Read(string file) => new(JsonNode.Parse(File.ReadAllBytes(file))!.AsObject());

    /// <summary>The operation that a request is for; null when there is none, which is a mistake of whoever sent it.</summary>
    public Operation? Find(string method, string path)
    {
        var parts = path.Trim('/').Split('/');
        return _paths
            .Where(known => known.Parts.Length == parts.Length && known.Parts.Zip(parts).All(pair => IsHole(pair.First) || pair.First == pair.Second))
            .OrderBy(known => known.Parts.Count(IsHole))
            .Select(known => _description["paths"]![known.Path]![method.ToLowerInvariant()] is JsonObject operation
                ? new Operation(method, known.Path, operation, Holes(known.Parts, parts)) : null)
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>What is wrong with a request; empty when nothing is.</summary>
    public IReadOnlyList<string> Judge(Operation operation, IReadOnlyDictionary<string, string> query, string? contentType, JsonNode? body)
    {
        var flaws = new List<string>();
        var parameters = (operation.Description["parameters"]?.AsArray() ?? []).Select(Resolve).ToList();
        foreach (var (name, value) in operation.Values)
        {
            var schema = parameters.FirstOrDefault(p => Text(p, "in") == "path" && Text(p, "name") == name)?["schema"];
            JudgeText(flaws, $"{{{name}}}", schema, value);
        }

        foreach (var (name, value) in query)
        {
            if (parameters.FirstOrDefault(p => Text(p, "in") == "query" && Text(p, "name") == name) is { } known)
            {
                JudgeText(flaws, $"?{name}", known["schema"], value);
            }
            else
            {
                flaws.Add($"the operation has no parameter '{name}'");
            }
        }

        JudgeBody(flaws, operation, contentType, body);
        return flaws;
    }

    /// <summary>What is wrong with an answer.</summary>
    public IReadOnlyList<string> JudgeAnswer(Operation operation, int status, JsonNode? body)
    {
        if (AnswerOf(operation, status) is not { } answer)
        {
            return [$"the operation never answers {status}"];
        }

        return answer["content"]?["application/json"]?["schema"] is { } schema
            ? Evaluate($"{operation.Method} {operation.Path} {status}", schema, body)
            : body is null ? [] : ["the answer has no body"];
    }

    /// <summary>GitHub's own example of an answer, to be filled.</summary>
    public JsonNode Example(string method, string path, int status)
    {
        var content = Resolve(_description["paths"]![path]![method]!["responses"]![$"{status}"]!)["content"]!["application/json"]!;
        return Resolve(content["examples"]!.AsObject().First().Value!)["value"]!.DeepClone();
    }

    private void JudgeBody(List<string> flaws, Operation operation, string? contentType, JsonNode? body)
    {
        if (operation.Description["requestBody"] is not { } described)
        {
            if (body is not null)
            {
                flaws.Add("the operation takes no body");
            }

            return;
        }

        var request = Resolve(described);
        if (body is null)
        {
            if (request["required"] is JsonValue required && required.GetValue<bool>())
            {
                flaws.Add("the operation needs a body");
            }

            return;
        }

        if (request["content"]?[contentType ?? ""]?["schema"] is not { } schema)
        {
            flaws.Add($"the operation takes no body of the type '{contentType}'");
            return;
        }

        flaws.AddRange(Evaluate($"{operation.Method} {operation.Path} body", schema, body));
        if (body is JsonObject map && schema["properties"] is JsonObject known)
        {
            flaws.AddRange(map.Where(pair => !known.ContainsKey(pair.Key)).Select(pair => $"the body has an unknown field '{pair.Key}'"));
        }
    }

    private void JudgeText(List<string> flaws, string name, JsonNode? schema, string value)
    {
        if (schema is not JsonObject known)
        {
            return;
        }

        // A number or a truth in a URL is a text that reads as one.
        JsonNode node = Text(known, "type") switch
        {
            "integer" when long.TryParse(value, out var number) => JsonValue.Create(number),
            "boolean" when bool.TryParse(value, out var truth) => JsonValue.Create(truth),
            _ => JsonValue.Create(value),
        };
        flaws.AddRange(Evaluate($"parameter {known.ToJsonString()}", known, node).Select(flaw => $"{name}: {flaw}"));
    }

    private IReadOnlyList<string> Evaluate(string key, JsonNode schema, JsonNode? value)
    {
        var made = _made.GetOrAdd(key, _ => JsonSchema.FromText(_schemas.Of(schema).ToJsonString()));
        var result = made.Evaluate(JsonSerializer.SerializeToElement(value), new EvaluationOptions { OutputFormat = OutputFormat.List });
        if (result.IsValid)
        {
            return [];
        }

        var flaws = (result.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Key}: {error.Value}")).Distinct().Take(8).ToList();
        return flaws.Count > 0 ? flaws : ["it does not fit the schema"];
    }

    private JsonObject? AnswerOf(Operation operation, int status) =>
        operation.Description["responses"]?[$"{status}"] is { } answer ? Resolve(answer) : null;

    private JsonObject Resolve(JsonNode? node)
    {
        while (node is JsonObject map && map["$ref"] is JsonValue reference)
        {
            node = reference.GetValue<string>().TrimStart('#', '/').Split('/').Aggregate((JsonNode)_description, (at, part) => at[part]!);
        }

        return node!.AsObject();
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static bool IsHole(string part) => part.StartsWith('{') && part.EndsWith('}');

    private static Dictionary<string, string> Holes(string[] known, string[] parts) =>
        known.Zip(parts).Where(pair => IsHole(pair.First)).ToDictionary(pair => pair.First[1..^1], pair => Uri.UnescapeDataString(pair.Second), StringComparer.Ordinal);

    /// <summary>One operation of the API, found for a request.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Path">Its path, with holes.</param>
    /// <param name="Description">What is said of it.</param>
    /// <param name="Values">What the holes hold.</param>
    public sealed record Operation(string Method, string Path, JsonObject Description, IReadOnlyDictionary<string, string> Values);
}
