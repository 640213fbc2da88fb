using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Data;

/// <summary>aws_iam_policy_document: asks nobody. Its JSON is, letter by letter, that of the real provider, because other arguments are compared with it.</summary>
internal sealed class PolicyDocument(AwsCloud cloud) : AwsDataSource(cloud)
{
    private const string Newest = "2012-10-17";

    private static readonly JsonSerializerOptions Minified = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Minified) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    private static readonly (string Argument, string Member)[] Lists =
        [("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")];

    public override string Type => "aws_iam_policy_document";

    protected override string Noun => "IAM Policy Document";

    protected override Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var version = state.String("version") ?? Newest;
        var merged = new JsonObject { ["Version"] = version };
        var sources = Texts(state, "source_json", "source_policy_documents");
        foreach (var (index, source) in sources.Index())
        {
            var document = Parse(source);
            RefuseRepeated(merged, document, index);
            Merge(merged, document);
        }

        var own = new JsonObject { ["Version"] = version };
        if (state.String("policy_id") is { Length: > 0 } id)
        {
            own["Id"] = id;
        }

        own["Statement"] = new JsonArray([.. state.Blocks("statement").Select(statement => Statement(statement, version))]);
        RefuseDoubled(own);
        Merge(merged, own);
        foreach (var document in Texts(state, "override_json", "override_policy_documents"))
        {
            Merge(merged, Parse(document));
        }

        var ordered = Ordered(merged);
        var json = GoText(ordered, Indented);
        state["version"] = version;
        state["json"] = json;
        state["minified_json"] = GoText(ordered, Minified);
        state["id"] = Ids.Hash(json).ToString();
        return Task.CompletedTask;
    }

    private static JsonObject Statement(TfObject statement, string version)
    {
        var result = new JsonObject();
        if (statement.String("sid") is { Length: > 0 } sid)
        {
            result["Sid"] = sid;
        }

        var effect = statement.String("effect") ?? "Allow";
        statement["effect"] = effect;
        result["Effect"] = effect;
        foreach (var (argument, member) in Lists)
        {
            if (OneOrMany(Descending(statement.Strings(argument))) is { } list)
            {
                result[member] = Variables(list, version);
            }
        }

        foreach (var (argument, member) in new[] { ("principals", "Principal"), ("not_principals", "NotPrincipal") })
        {
            if (Principals(statement.Blocks(argument)) is { } principals)
            {
                result[member] = Variables(principals, version);
            }
        }

        var conditions = new SortedDictionary<string, SortedDictionary<string, List<string>>>(StringComparer.Ordinal);
        foreach (var condition in statement.Blocks("condition"))
        {
            var (test, variable) = (condition.Required("test"), condition.Required("variable"));
            if (!conditions.TryGetValue(test, out var variables))
            {
                conditions[test] = variables = new(StringComparer.Ordinal);
            }

            variables.TryAdd(variable, []);
            variables[variable].AddRange(condition.Strings("values"));
        }

        if (conditions.Count > 0)
        {
            result["Condition"] = Variables(new JsonObject(conditions.Select(test => KeyValuePair.Create(test.Key, (JsonNode?)new JsonObject(
                test.Value.Select(variable => KeyValuePair.Create(variable.Key, OneOrMany(variable.Value))))))), version);
        }

        return result;
    }

    private static JsonNode? Principals(IReadOnlyList<TfObject> blocks)
    {
        if (blocks is [var single] && single.String("type") == "*" && single.Strings("identifiers") is ["*"])
        {
            return "*";
        }

        var types = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var block in blocks)
        {
            types.TryAdd(block.Required("type"), []);
            types[block.Required("type")].AddRange(Descending(block.Strings("identifiers")));
        }

        return types.Count == 0 ? null : new JsonObject(types.Select(type => KeyValuePair.Create(type.Key, OneOrMany(type.Value))));
    }

    private static JsonNode? OneOrMany(IReadOnlyList<string> texts) => texts switch
    {
        [] => null,
        [var single] => single,
        _ => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
    };

    private static List<string> Descending(IReadOnlyList<string> texts) => [.. texts.OrderDescending(StringComparer.Ordinal)];

    // "&{aws:username}" stands for a policy variable, because "${" is Terraform's own.
    private static JsonNode Variables(JsonNode node, string version)
    {
        var text = node.ToJsonString(Minified);
        if (version == "2008-10-17" && text.Contains("&{", StringComparison.Ordinal))
        {
            throw new ProviderException("found &{ sequence in (string), which is not supported in document version 2008-10-17");
        }

        return JsonNode.Parse(text.Replace("&{", "${", StringComparison.Ordinal))!;
    }

    private static List<string> Texts(TfObject state, string one, string many) =>
        [.. new[] { state.String(one) }.Concat(state.Strings(many)).OfType<string>().Where(text => text.Length > 0)];

    private static JsonObject Parse(string text)
    {
        try
        {
            var document = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("no object");
            if (document["Statement"] is JsonObject single)
            {
                document["Statement"] = new JsonArray(single.DeepClone());
            }

            return document;
        }
        catch (JsonException fault)
        {
            throw new ProviderException($"merging source document: {fault.Message}");
        }
    }

    private static void Merge(JsonObject into, JsonObject document)
    {
        foreach (var name in new[] { "Version", "Id" })
        {
            if (document.Text(name) is { } text)
            {
                into[name] = text;
            }
        }

        var statements = into["Statement"] as JsonArray ?? [];
        into["Statement"] ??= statements;
        foreach (var statement in document["Statement"] as JsonArray ?? [])
        {
            var sid = statement.Text("Sid");
            var same = sid is null ? null : statements.FirstOrDefault(each => each.Text("Sid") == sid);
            if (same is not null)
            {
                statements[statements.IndexOf(same)] = statement!.DeepClone();
            }
            else
            {
                statements.Add(statement?.DeepClone());
            }
        }
    }

    private static void RefuseRepeated(JsonObject merged, JsonObject document, int index)
    {
        var known = merged.Items("Statement").Select(each => each.Text("Sid")).OfType<string>().ToHashSet();
        if (document.Items("Statement").Select(each => each.Text("Sid")).FirstOrDefault(sid => sid is not null && known.Contains(sid)) is { } sid)
        {
            throw new ProviderException($"duplicate Sid ({sid}) in source_policy_documents (item {index}). Remove the Sid or ensure Sids are unique.");
        }
    }

    private static void RefuseDoubled(JsonObject document)
    {
        if (document.Items("Statement").Select(each => each.Text("Sid")).OfType<string>().GroupBy(sid => sid).FirstOrDefault(same => same.Count() > 1) is { } same)
        {
            throw new ProviderException($"duplicate Sid ({same.Key}). Remove the Sid or ensure the Sid is unique.");
        }
    }

    private static JsonObject Ordered(JsonObject document)
    {
        var result = new JsonObject();
        foreach (var name in new[] { "Version", "Id", "Statement" }.Where(name => document[name] is not null and not JsonArray { Count: 0 }))
        {
            result[name] = name == "Statement"
                ? new JsonArray([.. document.Items("Statement").Select(Ordered)])
                : document[name]!.DeepClone();
        }

        return result;
    }

    private static JsonNode Ordered(JsonNode statement)
    {
        string[] order = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];
        var members = (JsonObject)statement;
        return new JsonObject(order.Where(name => members[name] is not null).Select(name => KeyValuePair.Create(name, members[name]?.DeepClone())));
    }

    // Go writes these three as escapes wherever they stand; all of them stand only inside texts.
    private static string GoText(JsonObject document, JsonSerializerOptions options) => document.ToJsonString(options)
        .Replace("&", "\\u0026", StringComparison.Ordinal).Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal);
}
