namespace Mayfly.Engine.Tools;

/// <summary>The last lines of a tool's output: enough to explain a failure, bounded whatever the tool prints.</summary>
public sealed class OutputTail(int maxLines = 200, int maxLineLength = 16_384)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    /// <summary>Adds a line; the oldest goes when there are too many.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line.Length <= maxLineLength ? line : line[..maxLineLength] + "…");
            if (_lines.Count > maxLines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>The lines kept, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }
}
