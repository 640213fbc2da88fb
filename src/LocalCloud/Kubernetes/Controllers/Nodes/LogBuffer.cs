using System.Text;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>A line of a container's log and when it was written.</summary>
public readonly record struct LogLine(DateTimeOffset Time, string Text);

/// <summary>What one run of a container wrote, the newest part of it; its writer is the container's standard output.</summary>
public sealed class LogBuffer(TimeProvider clock, int limit) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly LinkedList<LogLine> _lines = [];
    private readonly StringBuilder _open = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _first;
    private int _size;
    private bool _ended;

    /// <inheritdoc />
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc />
    public override void Write(char value) => Write([value]);

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            while (buffer.IndexOf('\n') is >= 0 and var end)
            {
                _open.Append(buffer[..end]);
                buffer = buffer[(end + 1)..];
                CloseLine();
            }

            _open.Append(buffer);
        }
    }

    /// <summary>Closes the log: the container has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_open.Length > 0)
            {
                CloseLine();
            }

            _ended = true;
            _more.TrySetResult();
        }
    }

    /// <summary>The last lines that are there.</summary>
    public IReadOnlyList<LogLine> Tail(int count = int.MaxValue)
    {
        lock (_gate)
        {
            return [.. _lines.TakeLast(count)];
        }
    }

    /// <summary>The lines, and with <paramref name="follow"/> those to come until the container ends.</summary>
    public async IAsyncEnumerable<LogLine> ReadAsync(
        bool follow, int? tail, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        long next = 0;
        while (true)
        {
            List<LogLine> lines;
            Task more;
            bool ended;
            lock (_gate)
            {
                if (next == 0 && tail is { } count)
                {
                    next = Math.Max(_first, _first + _lines.Count - count);
                }

                lines = [.. _lines.Skip((int)Math.Max(0, next - _first))];
                next = _first + _lines.Count;
                ended = _ended;
                more = _more.Task;
            }

            foreach (var line in lines)
            {
                yield return line;
            }

            if (!follow || ended)
            {
                yield break;
            }

            tail = null;
            await more.WaitAsync(ct);
        }
    }

    private void CloseLine()
    {
        if (_open.Length > 0 && _open[^1] == '\r')
        {
            _open.Length--;
        }

        var line = new LogLine(clock.GetUtcNow(), _open.ToString());
        _open.Clear();
        _lines.AddLast(line);
        _size += line.Text.Length + 1;
        while (_size > limit && _lines.Count > 1)
        {
            _size -= _lines.First!.Value.Text.Length + 1;
            _lines.RemoveFirst();
            _first++;
        }

        var woken = _more;
        _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }
}
