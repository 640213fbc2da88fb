using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mayfly.Engine.Values;

/// <summary>Something about a file that people have to mend, and where.</summary>
public sealed record ValueProblem(ValueOrigin Origin, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Origin}: {Message}";
}

/// <summary>Which of the differences between YAML readers a read follows.</summary>
public enum YamlDialect
{
    /// <summary>As Helm reads values: a repeated key replaces, keys are resolved as YAML 1.1, only the first document counts.</summary>
    Helm,

    /// <summary>Strict, for the configuration: a repeated key and a second document are problems, keys are the text written.</summary>
    Strict,
}

/// <summary>Reads a YAML document into a tree whose nodes know their place. Problems are collected, the first syntax error ends the read.</summary>
public sealed class ValueReader
{
    // Deeper than anybody nests by hand, shallow enough for the stack.
    private const int DepthLimit = 400;

    private readonly Dictionary<string, ValueNode> _anchors = [];
    private readonly List<ValueProblem> _problems = [];
    private readonly string _file;
    private readonly int _firstLine;
    private readonly YamlDialect _dialect;
    private readonly IParser _parser;

    private ValueReader(string text, string file, int firstLine, YamlDialect dialect)
    {
        _file = file;
        _firstLine = firstLine;
        _dialect = dialect;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The first document as a tree; null when it is empty or cannot be read.</summary>
    public static ValueNode? Read(string text, string file, YamlDialect dialect, out IReadOnlyList<ValueProblem> problems)
    {
        return Read(text, file, 1, dialect, out problems);
    }

    private static ValueNode? Read(string text, string file, int firstLine, YamlDialect dialect, out IReadOnlyList<ValueProblem> problems)
    {
        var reader = new ValueReader(text, file, firstLine, dialect);
        try
        {
            var root = reader.Document();
            problems = reader._problems;
            return root;
        }
        catch (YamlException broken)
        {
            reader._problems.AddRange(YamlComplaint.Of(broken, text, file, firstLine));
            problems = reader._problems;
            return null;
        }
    }

    /// <summary>
    /// The documents of a values file. Helm 3 takes the first and leaves the rest; Helm 4 cuts the file at lines of three
    /// hyphens and merges the pieces.
    /// </summary>
    public static IReadOnlyList<ValueNode?> ReadValues(string text, string file, int helmMajor, out IReadOnlyList<ValueProblem> problems)
    {
        if (helmMajor < 4)
        {
            return [Read(text, file, YamlDialect.Helm, out problems)];
        }

        var roots = new List<ValueNode?>();
        var all = new List<ValueProblem>();
        var lines = text.Split('\n');
        for (var start = 0; start <= lines.Length;)
        {
            var end = Array.FindIndex(lines, start, line => line.StartsWith("---", StringComparison.Ordinal) && line.Trim() == "---");
            end = end < 0 ? lines.Length : end;
            var piece = string.Join('\n', lines[start..end]) + (end < lines.Length ? "\n" : "");
            roots.Add(Read(piece, file, start + 1, YamlDialect.Helm, out var found));
            all.AddRange(found);
            start = end + 1;
        }

        problems = all;
        return roots;
    }

    private ValueNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var root = Node(0);
        if (_dialect == YamlDialect.Strict)
        {
            _parser.Consume<DocumentEnd>();
            if (_parser.Accept<DocumentStart>(out var second))
            {
                _problems.Add(new ValueProblem(Place(second.Start), "a second document; one file holds one"));
            }
        }

        return root;
    }

    private ValueNode Node(int depth)
    {
        if (depth > DepthLimit)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, YamlComplaint.TooDeep);
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return !_anchors.TryGetValue(alias.Value.Value, out var target)
                    ? throw new YamlException(alias.Start, alias.End, YamlComplaint.UnknownAnchor + alias.Value.Value)
                : depth + target.Height > DepthLimit ? throw new YamlException(alias.Start, alias.End, YamlComplaint.TooDeep)
                : target;
        }

        ValueNode node;
        var start = (NodeEvent)_parser.Current!;
        switch (_parser.Current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                node = new ValueScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, TagOf(scalar), Place(scalar.Start));
                break;
            case SequenceStart:
                _parser.MoveNext();
                var items = new List<ValueNode>();
                while (!_parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(Node(depth + 1));
                }

                node = new ValueList(items, Place(start.Start)) { Height = 1 + items.Select(item => item.Height).DefaultIfEmpty(0).Max() };
                break;
            default:
                _parser.Consume<MappingStart>();
                node = Map(Place(start.Start), depth);
                break;
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private ValueMap Map(ValueOrigin origin, int depth)
    {
        var entries = new OrderedDictionary<string, ValueEntry>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyNode = Node(depth + 1);
            var value = Node(depth + 1);
            if (keyNode is ValueScalar { Plain: true, Text: "<<", Tag: null })
            {
                MergeInto(entries, value);
            }
            else if (keyNode is not ValueScalar key)
            {
                _problems.Add(new ValueProblem(keyNode.Origin, "a map or list as a key; keys are words"));
            }
            else if ((_dialect == YamlDialect.Helm ? GoYaml.Key(key) : key.Text) is not { } name)
            {
                _problems.Add(new ValueProblem(key.Origin, "null as a key; Helm takes no such key, put it in quotes"));
            }
            else if (_dialect == YamlDialect.Strict && entries.TryGetValue(name, out var earlier) && earlier.KeyOrigin.Line > 0
                && !earlier.Merged)
            {
                _problems.Add(new ValueProblem(key.Origin, $"'{name}' is set twice; line {earlier.KeyOrigin.Line} sets it too"));
            }
            else
            {
                entries[name] = new ValueEntry(name, value, key.Origin);
            }
        }

        return new ValueMap([.. entries.Values], origin)
        {
            Height = 1 + entries.Values.Select(entry => entry.Value.Height).DefaultIfEmpty(0).Max(),
        };
    }

    // Merge keys act in the order of the file, as in Go's yaml v2: what comes later wins, and of a list the first map does.
    private void MergeInto(OrderedDictionary<string, ValueEntry> entries, ValueNode source)
    {
        IReadOnlyList<ValueNode> maps = source is ValueList list ? [.. list.Items.Reverse()] : [source];
        foreach (var node in maps)
        {
            if (node is not ValueMap map)
            {
                _problems.Add(new ValueProblem(node.Origin, "'<<' takes a map or a list of maps"));
                continue;
            }

            foreach (var entry in map.Entries)
            {
                entries[entry.Key] = entry with { Merged = true };
            }
        }
    }

    private static string? TagOf(Scalar scalar) => scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value;

    private ValueOrigin Place(Mark mark) => new(_file, (int)mark.Line + _firstLine - 1, (int)mark.Column);
}
