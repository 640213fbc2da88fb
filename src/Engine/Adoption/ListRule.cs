using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Adoption;

/// <summary>How all things of a type are listed. A row of <c>list-rules.yaml</c>.</summary>
/// <param name="Service">The service to ask: a key of <see cref="AwsQuestions"/>, or <c>kubernetes</c>.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Items">Path in the reply to the things.</param>
/// <param name="Of">Template, from planned attributes, of what the key has to be.</param>
internal sealed record ListRule(string Service, string Operation, string Items, string Of)
{
    private static readonly Lazy<IReadOnlyDictionary<string, ListRule>> Rows = new(ReadAll);

    /// <summary>Field of a thing that is compared; empty: its text.</summary>
    public string Key { get; private init; } = "";

    /// <summary>Template of the path, for Kubernetes: a list is one namespace's.</summary>
    public string Path { get; private init; } = "/";

    /// <summary>Parameters: a tree whose strings are templates; of the query, for Kubernetes.</summary>
    public IReadOnlyDictionary<string, object?> Input { get; private init; } = new Dictionary<string, object?>();

    /// <summary>Where the reply has the token of the next page.</summary>
    public required string Token { get; init; }

    /// <summary>The parameter that takes the token.</summary>
    public required string Next { get; init; }

    /// <summary>True: what is found has to be asked for one by one.</summary>
    public bool Closer { get; private init; }

    /// <summary>The rule for a type; null: its things are asked for one by one.</summary>
    public static ListRule? Find(string type) => Rows.Value.GetValueOrDefault(type);

    /// <summary>All types that have one.</summary>
    public static IEnumerable<string> Types => Rows.Value.Keys;

    /// <summary>What of a thing is compared with <see cref="Of"/>.</summary>
    public string? KeyOf(Reply thing) => Key switch
    {
        "" => thing.Text,
        "!last" => thing.Text?[(thing.Text.LastIndexOf('/') + 1)..],
        _ => thing.Select(Key).FirstOrDefault()?.Text,
    };

    private static Dictionary<string, ListRule> ReadAll()
    {
        using var stream = typeof(ListRule).Assembly.GetManifestResourceStream("Mayfly.Engine.Adoption.list-rules.yaml")!;
        using var text = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(text);
        var rows = (YamlSequenceNode)((YamlMappingNode)yaml.Documents[0].RootNode)["rules"];
        return rows.Cast<YamlMappingNode>()
            .SelectMany(row => RuleYaml.Texts(row, "type").Select(type => (type, rule: Rule(row))))
            .ToDictionary(pair => pair.type, pair => pair.rule, StringComparer.Ordinal);
    }

    private static ListRule Rule(YamlMappingNode row)
    {
        var (call, next) = (RuleYaml.Text(row, "call")!.Split(' '), RuleYaml.Text(row, "next")!.Split(' '));
        return new ListRule(call[0], call[1], RuleYaml.Text(row, "items")!, RuleYaml.Text(row, "of")!)
        {
            Key = RuleYaml.Text(row, "key") ?? "",
            Path = RuleYaml.Text(row, "path") ?? "/",
            Input = RuleYaml.Map(row, "input"),
            Token = next[0],
            Next = next[1],
            Closer = RuleYaml.Text(row, "closer") == "true",
        };
    }
}
