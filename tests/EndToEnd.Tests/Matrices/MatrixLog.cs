using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;
using Xunit.Sdk;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>One cell of a matrix, as it ended.</summary>
/// <param name="Case">Its name, unique in the matrix; a later row of the same name replaces an earlier one.</param>
/// <param name="Group">The row of the table it counts in.</param>
/// <param name="Column">The column.</param>
/// <param name="Passed">Whether what was promised held.</param>
/// <param name="Detail">What was hit, or what went wrong.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Commit">The commit that ran.</param>
public sealed record MatrixRow(string Case, string Group, string Column, bool Passed, string Detail, double Seconds, string Commit);

/// <summary>
/// What a matrix has shown so far: a line of JSON a case, in <c>artifacts/matrices</c>. A whole matrix takes hours; what an earlier
/// call has shown for a case is not run again unless the file is removed (<c>scripts/matrix.sh --fresh</c>).
/// </summary>
public sealed class MatrixLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MatrixRow> _rows = new(StringComparer.Ordinal);
    private readonly string _name;

    private MatrixLog(string name) => _name = name;

    /// <summary>Opens a matrix by its name.</summary>
    public static MatrixLog Open(string name)
    {
        var log = new MatrixLog(name);
        Directory.CreateDirectory(Path.Combine(Folder, name));
        if (File.Exists(log.FilePath))
        {
            foreach (var row in File.ReadLines(log.FilePath).Select(line => JsonSerializer.Deserialize<MatrixRow>(line)!))
            {
                log._rows[row.Case] = row;
            }
        }

        return log;
    }

    /// <summary>Where matrices lie.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Source, "artifacts", "matrices");

    /// <summary>The commit that is tried.</summary>
    public static string Commit { get; } = ReadCommit();

    /// <summary>All rows.</summary>
    public IReadOnlyList<MatrixRow> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Values];
            }
        }
    }

    private string FilePath => Path.Combine(Folder, $"{_name}.jsonl");

    /// <summary>True when a case has passed already.</summary>
    public bool HasPassed(string name)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(name, out var row) && row.Passed;
        }
    }

    /// <summary>Runs a case and writes down how it ended; its detail is what it gives back. False: it failed.</summary>
    /// <param name="group">Asked when it has ended: what a kill hit is known then.</param>
    public async Task<bool> TryAsync(string name, Func<string> group, string column, Func<Task<string>> run)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var detail = await run();
            Write(new MatrixRow(name, group(), column, true, detail, watch.Elapsed.TotalSeconds, Commit));
            return true;
        }
        catch (Exception failed) when (failed is IAssertionException or InvalidOperationException or IOException or HttpRequestException)
        {
            Write(new MatrixRow(name, group(), column, false, failed.Message.Split('\n')[0], watch.Elapsed.TotalSeconds, Commit));
            await File.WriteAllTextAsync(Path.Combine(Folder, _name, $"{string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '-'))}.txt"), failed.ToString());
            return false;
        }
    }

    /// <summary>Writes a row.</summary>
    public void Write(MatrixRow row)
    {
        lock (_gate)
        {
            _rows[row.Case] = row;
            File.AppendAllText(FilePath, JsonSerializer.Serialize(row) + "\n");
        }
    }

    /// <summary>The table, in Markdown: groups by columns, each cell how many of its cases passed; then every failure.</summary>
    /// <param name="known">How many cases a cell has in all, where that is known.</param>
    public string Table(string corner, IReadOnlyList<string> columns, Func<string, string, int?> known)
    {
        var rows = Rows;
        var text = new StringBuilder();
        text.AppendLine($"| {corner} | {string.Join(" | ", columns)} |").AppendLine($"|---|{string.Concat(columns.Select(_ => "---|"))}");
        foreach (var group in rows.GroupBy(row => row.Group))
        {
            var cells = columns.Select(column =>
            {
                var cell = group.Where(row => row.Column == column).ToList();
                var all = known(group.Key, column) ?? cell.Count;
                return all == 0 ? "" : $"{cell.Count(row => row.Passed)} of {all}";
            });
            text.AppendLine($"| {group.Key} | {string.Join(" | ", cells)} |");
        }

        text.AppendLine().AppendLine($"{rows.Count(row => row.Passed)} cases passed, {rows.Count(row => !row.Passed)} failed; {rows.Sum(row => row.Seconds) / 60:0} minutes of runs; "
            + $"commits {string.Join(", ", rows.Select(row => row.Commit).Distinct())}.");
        foreach (var failed in rows.Where(row => !row.Passed))
        {
            text.AppendLine($"- failed: {failed.Case}: {failed.Detail}");
        }

        return text.ToString();
    }

    /// <summary>Writes the table beside the rows, where <c>scripts/matrix.sh</c> takes it from.</summary>
    public void Publish(string table) => File.WriteAllText(Path.Combine(Folder, $"{_name}.md"), table);

    private static string ReadCommit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Repository.Source, "rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit.Length > 0 ? commit : "unknown";
    }
}
