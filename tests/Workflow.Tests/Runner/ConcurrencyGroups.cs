namespace Mayfly.Workflow.Tests.Runner;

/// <summary>
/// GitHub's concurrency groups: one runs. Of those that wait, a queue of the kind <c>single</c> keeps the newest and cancels the
/// others; one of the kind <c>max</c> keeps all, in their order.
/// </summary>
internal sealed class ConcurrencyGroups
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for its turn; false when another took its place.</summary>
    public Task<bool> EnterAsync(string name, bool keepsAll)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(name, out var group))
            {
                _groups[name] = new Group();
                return Task.FromResult(true);
            }

            if (!keepsAll && group.Waiting.Count > 0)
            {
                group.Waiting.Dequeue().SetResult(false);
            }

            var turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            group.Waiting.Enqueue(turn);
            group.Asked++;
            return turn.Task;
        }
    }

    /// <summary>The next one may run.</summary>
    public void Leave(string name)
    {
        lock (_groups)
        {
            if (_groups[name].Waiting.TryDequeue(out var next))
            {
                next.SetResult(true);
            }
            else
            {
                _groups.Remove(name);
            }
        }
    }

    /// <summary>Waits until so many runs have asked to enter behind the one that runs.</summary>
    public async Task WaitingAsync(string name, int asked, CancellationToken ct)
    {
        while (true)
        {
            lock (_groups)
            {
                if (_groups.TryGetValue(name, out var group) && group.Asked >= asked)
                {
                    return;
                }
            }

            await Task.Delay(20, ct);
        }
    }

    private sealed class Group
    {
        public Queue<TaskCompletionSource<bool>> Waiting { get; } = new();

        public int Asked { get; set; }
    }
}
