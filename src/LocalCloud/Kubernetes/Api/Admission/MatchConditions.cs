using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cel;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// The conditions in CEL under which a webhook is asked. One that is false keeps it from being asked, whatever the others say; one
/// that cannot be evaluated otherwise fails the request, or, where the webhook's failures are ignored, keeps it from being asked too.
/// </summary>
internal static class MatchConditions
{
    private static readonly ConcurrentDictionary<string, CelProgramDelegate> Programs = new(StringComparer.Ordinal);
    private static readonly Lazy<CelEnvironment> Language = new(() => new CelEnvironment(null, null));

    /// <summary>Whether all conditions of a webhook hold for a review.</summary>
    /// <exception cref="ApiException">One cannot be evaluated, and the webhook fails closed.</exception>
    public static bool Hold(JsonObject hook, JsonObject review, ResourceType type)
    {
        var request = review.Map("request")!;
        var variables = new Lazy<Dictionary<string, object?>>(() => new()
        {
            ["request"] = Value(request),
            ["object"] = Value(request["object"]),
            ["oldObject"] = Value(request["oldObject"]),
        });
        var errors = new List<string>();
        foreach (var expression in hook.Items("matchConditions").Select(condition => condition.Text("expression") ?? ""))
        {
            switch (Evaluate(expression, variables.Value, out var error))
            {
                case false:
                    return false;
                case null:
                    errors.Add($"expression '{expression}' resulted in error: {error}");
                    break;
            }
        }

        return errors.Count == 0
            || (hook.Text("failurePolicy") == "Ignore"
                ? false
                : throw ApiErrors.Forbidden(type.Group, type.Plural, request.Text("name"), errors is [var only] ? only : $"[{string.Join(", ", errors)}]"));
    }

    /// <summary>What is wrong with an expression before anybody evaluates it; null: nothing.</summary>
    public static string? Problem(string expression)
    {
        try
        {
            Compile(expression);
            return null;
        }
        catch (CelException error)
        {
            return error.Message;
        }
    }

    private static bool? Evaluate(string expression, Dictionary<string, object?> variables, out string? error)
    {
        try
        {
            var result = Compile(expression)(variables);
            error = result is bool ? null : "it does not evaluate to bool";
            return result as bool?;
        }
        catch (CelException failed)
        {
            error = failed.Message;
            return null;
        }
    }

    // Its parser is not made for many at once; what it compiled is.
    private static CelProgramDelegate Compile(string expression) => Programs.GetOrAdd(expression, text =>
    {
        lock (Language)
        {
            return Language.Value.Compile(text);
        }
    });

    private static object? Value(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(pair => pair.Key, pair => Value(pair.Value)),
        JsonArray list => list.Select(Value).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => long.TryParse(value.ToJsonString(), out var whole) ? whole : value.GetValue<double>(),
        },
        _ => null,
    };
}
