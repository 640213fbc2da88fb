using System.Text;
using CsCheck;

namespace Mayfly.Engine.Tests.Values;

/// <summary>Generates values files as text: everything that two YAML readers could understand differently.</summary>
internal static class ValuesFiles
{
    private static readonly string[] Scalars =
    [
        "0123", "0o17", "089", "1e3", "1E-2", "1_000", "0x1F", "0b11", "-0x1f", "+12", "1.50", ".5", "1.", "12345678901234567890", "-0",
        "yes", "No", "on", "OFF", "y", "N", "true", "False", "~", "null", "Null", "", "2001-01-01", "12:30:45", "1.2.3", "=", "a b",
        "text", "''", "'it''s'", "\"a: b\"", "\"tab\\t\\u00e9\\n\"", "'0123'", "\"yes\"", "!!str 12", "!!int \"7\"", "!!str", "0.1e+2",
        "9223372036854775808", "a#b", "'{{ x }}'", "größe", "/path", "*base", "*list", "1.0", "100000000000000000000000",
        "deadbeef", "12e4567", "0999", "-1", "-x", "\"\\\\\"", "\"\\\"\"", "'#'", "\"🙂\"",
    ];

    // No two become the same key to Helm unless they are the same to YAML: which of 1 and 1.0 then wins is chance in Go.
    private static readonly string[] Keys =
    [
        "a", "b", "c", "a.b", "\"c d\"", "yes", "'yes'", "1", "0x10", "1.5", "'x:y'", "~x", "\"\"", "'a'", "1e3", "0123", "é", "\"\\t\"", "-1",
    ];

    private const string Anchors = "list: &list [1, {x: on}]\nbase: &base {a: base, m: {x: 1, y: null}, 'a.b': [on, 0123]}\nother: &other {m: other, z: 0}\n";

    private static readonly Gen<Node> Tree = Gen.Recursive<Node>((depth, self) =>
    {
        var scalar = Gen.OneOf(Scalars).Select(text => (Node)new Node.Leaf(text));
        if (depth > 3)
        {
            return scalar;
        }

        var map = Map(self);
        return Gen.Frequency(
            (4, scalar),
            (4, map),
            (1, self.List[0, 3].Select(items => (Node)new Node.Items(items))),
            (1, Gen.OneOf("|\n{0}two\n{0}lines\n", ">-\n{0}folded\n{0}lines\n", "|+\n{0}kept\n\n", "\"a\n{0}b\"", "plain\n{0}on two lines")
                .Select(text => (Node)new Node.Block(text))));
    });

    /// <summary>A file: a map, mostly with anchors before it and sometimes another document behind it.</summary>
    public static Gen<string> One { get; } = Gen.Select(Map(Tree), Gen.Int[0, 9], (tree, kind) =>
    {
        var text = new StringBuilder(kind == 0 ? "---\n# a comment\n" : "").Append(Anchors);
        tree.Write(text, 0);
        return text.Append(kind == 1 ? "\n---\nsecond: document\n" : kind == 2 ? "\n...\n" : "").ToString();
    });

    private static Gen<Node> Map(Gen<Node> below) =>
        Gen.Select(Gen.Select(Gen.OneOf(Keys), below).List[0, 4], Gen.Int[0, 9], (entries, kind) =>
            (Node)new Node.Map([.. entries.DistinctBy(entry => entry.Item1)], kind switch
            {
                0 => "<<: *base",
                1 => "<<: [*base, *other]",
                _ => null,
            }));

    /// <summary>A piece of a file.</summary>
    internal abstract record Node
    {
        public abstract void Write(StringBuilder text, int depth);

        protected static string Indent(int depth) => new(' ', depth * 2);

        public sealed record Leaf(string Text) : Node
        {
            public override void Write(StringBuilder text, int depth) => text.Append(' ').Append(Text).Append('\n');
        }

        public sealed record Block(string Format) : Node
        {
            public override void Write(StringBuilder text, int depth) =>
                text.Append(' ').Append(Format.Replace("{0}", Indent(depth + 1), StringComparison.Ordinal)).Append('\n');
        }

        public sealed record Items(IReadOnlyList<Node> Nodes) : Node
        {
            public override void Write(StringBuilder text, int depth)
            {
                text.Append(Nodes.Count == 0 ? " []\n" : "\n");
                foreach (var node in Nodes)
                {
                    text.Append(Indent(depth)).Append('-');
                    node.Write(text, depth + 1);
                }
            }
        }

        public sealed record Map(IReadOnlyList<(string Key, Node Value)> Entries, string? Merge) : Node
        {
            public override void Write(StringBuilder text, int depth)
            {
                text.Append(Entries.Count == 0 && Merge is null ? depth == 0 ? "" : " {}\n" : depth == 0 ? "" : "\n");
                foreach (var (key, value) in Entries.Take(1))
                {
                    Entry(text, depth, key, value);
                }

                text.Append(Merge is null ? "" : $"{Indent(depth)}{Merge}\n");
                foreach (var (key, value) in Entries.Skip(1))
                {
                    Entry(text, depth, key, value);
                }
            }

            private static void Entry(StringBuilder text, int depth, string key, Node value)
            {
                text.Append(Indent(depth)).Append(key).Append(':');
                value.Write(text, depth + 1);
            }
        }
    }
}
