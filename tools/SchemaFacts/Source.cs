using System.Text.RegularExpressions;

namespace Mayfly.SchemaFacts;

/// <summary>How an attribute or block is written out: its collection kind, and what it is a collection of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsComplex">Whether it has named parts.</param>
/// <param name="Kind">simple, list, set, map or struct.</param>
/// <param name="Storage">string, numberList, or a class's name.</param>
/// <param name="Mapped">For collections of complex values: whether they are nested blocks (true) or one attribute (false); else null.</param>
internal sealed record Written(string Name, bool IsComplex, string Kind, string Storage, bool? Mapped);

/// <summary>What a class says of one of its members.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Computed">Whether the provider can fill it in.</param>
/// <param name="Optional">Whether it can be left out.</param>
/// <param name="Required">Whether it must be written.</param>
/// <param name="Declaration">The line that declares it.</param>
/// <param name="Body">The line after that.</param>
internal sealed record Member(string Name, bool Computed, bool Optional, bool Required, string Declaration, string Body);

/// <summary>One class: a resource, a data source, a provider, or the value of a block.</summary>
internal sealed record SourceClass(string Name, string Base, string? TerraformType, string Super, IReadOnlyList<Member> Members, string Text);

/// <summary>The classes and functions of one type's source.</summary>
internal sealed partial class Source
{
    private readonly Dictionary<string, SourceClass> classes = [];
    private readonly Dictionary<string, IReadOnlyList<Written>> structs;
    private readonly Dictionary<string, HashSet<string>> requiredFields;

    public Source(string text)
    {
        foreach (Match match in ClassPattern().Matches(text))
        {
            var body = match.Groups["body"].Value;
            var members = MemberPattern().Matches(body).Select(member => new Member(
                member.Groups[1].Value, Flag(member, 2), Flag(member, 3), Flag(member, 4), member.Groups[5].Value.Trim(), member.Groups[6].Value.Trim()));
            var type = TypePattern().Match(body);
            classes[match.Groups["name"].Value] = new(
                match.Groups["name"].Value, match.Groups["base"].Value, type.Success ? type.Groups[1].Value : null,
                SuperPattern().Match(body).Groups[1].Value, [.. members], body);
        }

        structs = FunctionPattern().Matches(text).ToDictionary(
            match => match.Groups["name"].Value, match => WrittenIn(match.Groups["body"].Value), StringComparer.OrdinalIgnoreCase);
        requiredFields = InterfacePattern().Matches(text).GroupBy(match => match.Groups["name"].Value).ToDictionary(
            group => group.Key,
            group => FieldPattern().Matches(group.First().Groups["body"].Value)
                .Where(field => field.Groups[2].Value.Length == 0).Select(field => field.Groups[1].Value).ToHashSet());
    }

    /// <summary>The resource, data source or provider of this source, if it is one's.</summary>
    public SourceClass? Root => classes.Values.FirstOrDefault(one => one.TerraformType is not null);

    /// <summary>A class by name, without a module's prefix.</summary>
    public SourceClass? Class(string name) => classes.GetValueOrDefault(name[(name.LastIndexOf('.') + 1)..]);

    /// <summary>How a struct's members are written out, in order.</summary>
    public IReadOnlyList<Written> Struct(string name) => structs.GetValueOrDefault(name, []);

    /// <summary>Whether an interface demands a member, by the name it has in Terraform.</summary>
    public bool Demands(string type, string name) => requiredFields.TryGetValue(type, out var fields) && fields.Contains(name);

    /// <summary>How a class's own members are written out, in order.</summary>
    public static IReadOnlyList<Written> WrittenIn(string text) => [.. WrittenPattern().Matches(text).Select(match => new Written(
        match.Groups[1].Value, match.Groups[3].Value == "true", match.Groups[4].Value, match.Groups[5].Value,
        MapperPattern().Match(match.Groups[2].Value) is { Success: true } mapper ? mapper.Groups[1].Value == "true" : null))];

    private static bool Flag(Match match, int group) => match.Groups[group].Value == "true";

    [GeneratedRegex(@"^export class (?<name>\w+) extends cdktf\.(?<base>\w+) \{\n(?<body>.*?)^\}$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ClassPattern();

    [GeneratedRegex(@"^  // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n(.*)\n(.*)$", RegexOptions.Multiline)]
    private static partial Regex MemberPattern();

    [GeneratedRegex(@"terraformResourceType: '([a-z0-9_]+)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"super\(terraformResource, terraformAttribute, ([^)]*)\)")]
    private static partial Regex SuperPattern();

    [GeneratedRegex(@"^export function (?<name>\w+)ToHclTerraform\(.*?\{\n(?<body>.*?)^\}$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"^export interface (?<name>\w+)[^{\n]*\{\n(?<body>.*?)^\}$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex InterfacePattern();

    [GeneratedRegex(@"#(\w+) [^\n]*\n(?:  \*[^\n]*\n)*?  \*/\n  readonly \w+(\??):")]
    private static partial Regex FieldPattern();

    [GeneratedRegex(@"^\s+(\w+): \{\n\s+value: (.*),\n\s+isBlock: (\w+),\n\s+type: ""(\w+)"",\n\s+storageClassType: ""(\w+)""", RegexOptions.Multiline)]
    private static partial Regex WrittenPattern();

    [GeneratedRegex(@"^cdktf\.listMapperHcl\((?!cdktf\.)[\w.]+, (true|false)\)")]
    private static partial Regex MapperPattern();
}
