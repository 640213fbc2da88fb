using Spectre.Console;

namespace Mayfly.Cli.Rendering;

/// <summary>A table for people, as wide as the terminal; in files as wide as it needs.</summary>
internal static class TableView
{
    // Wide enough for a path, a place and a sentence; logs have no edge to wrap at.
    private const int WidthWithoutTerminal = 200;

    /// <summary>A console that writes to <paramref name="output"/>; colours only where a terminal takes them and NO_COLOR is not set.</summary>
    public static IAnsiConsole Console(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }

    /// <summary>Writes rows under headings.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading)));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        Console(output).Write(table);
    }
}
