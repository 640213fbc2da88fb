using System.Text;

namespace Mayfly.Cli.Rendering;

/// <summary>
/// What a process prints in a GitHub workflow. The runner takes commands from it: a line that begins with two colons, or two number
/// signs and a bracket anywhere in a line. Texts of tools, names and titles must not give any, so here only Mayfly's own commands
/// come through; in others a character that nobody sees stands in the way.
/// </summary>
/// <param name="inner">Where it goes.</param>
/// <param name="isJson">Whether it carries JSON, in which the bracket can be written in another way.</param>
internal sealed class WorkflowLog(TextWriter inner, bool isJson) : TextWriter(inner.FormatProvider)
{
    private const char Unseen = '\u200B';

    private readonly Lock _gate = new();
    private bool _atStart = true;
    private int _numberSigns;

    /// <inheritdoc />
    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer, guarded when this process runs in a workflow.</summary>
    public static TextWriter Over(TextWriter writer, bool isJson, Func<string, string?> variable) =>
        variable("GITHUB_ACTIONS") == "true" ? new WorkflowLog(writer, isJson) : writer;

    /// <summary>Gives the runner a command.</summary>
    /// <param name="log">A guarded writer, or any other.</param>
    /// <param name="name">The command.</param>
    /// <param name="value">What it is about.</param>
    /// <param name="properties">More about it.</param>
    public static void Command(TextWriter log, string name, string value, params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var line = new StringBuilder("::").Append(name);
        var separator = ' ';
        foreach (var (property, text) in properties)
        {
            line.Append(separator).Append(property).Append('=').Append(Escape(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal));
            separator = ',';
        }

        line.Append("::").Append(Escape(value));
        if (log is WorkflowLog guarded)
        {
            guarded.WriteCommand(line.ToString());
        }
        else
        {
            log.WriteLine(line);
        }
    }

    /// <inheritdoc />
    public override void Write(char value)
    {
        lock (_gate)
        {
            Guard(value);
        }
    }

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            foreach (var c in buffer)
            {
                Guard(c);
            }
        }
    }

    /// <inheritdoc />
    public override void WriteLine(string? value) => Write(value + inner.NewLine);

    /// <inheritdoc />
    public override void Flush() => inner.Flush();

    private static string Escape(string value) => value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private void WriteCommand(string line)
    {
        lock (_gate)
        {
            inner.WriteLine(_atStart ? line : inner.NewLine + line);
            (_atStart, _numberSigns) = (true, 0);
        }
    }

    private void Guard(char c)
    {
        if (_atStart && c == ':')
        {
            inner.Write(Unseen);
        }

        if (c == '[' && _numberSigns >= 2)
        {
            inner.Write(isJson ? "\\u005b" : $"{Unseen}[");
        }
        else
        {
            inner.Write(c);
        }

        _atStart = c is '\n' or '\r' || (_atStart && char.IsWhiteSpace(c));
        _numberSigns = c == '#' ? _numberSigns + 1 : 0;
    }
}
