using Mayfly.Aws;

namespace Mayfly.LocalCloud.Edge;

/// <summary>
/// A picture of what AWS says, taken when it is asked for and no older than a moment. What serves people must not fall because the API
/// behind it is throttled, so that an old picture is better than none.
/// </summary>
/// <param name="take">Takes the picture.</param>
/// <param name="maxAge">How old it may be before a new one is taken.</param>
/// <param name="clock">The clock.</param>
internal sealed class Snapshot<T>(Func<CancellationToken, Task<T>> take, TimeSpan maxAge, TimeProvider clock) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _last;
    private long _taken;

    /// <summary>The last picture taken; null before the first.</summary>
    public T? Last => Volatile.Read(ref _last);

    /// <summary>The picture; null when none could ever be taken.</summary>
    public async ValueTask<T?> GetAsync(CancellationToken ct)
    {
        if (IsFresh)
        {
            return _last;
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (!IsFresh)
            {
                var started = clock.GetTimestamp();
                Volatile.Write(ref _last, await take(ct));
                Volatile.Write(ref _taken, started);
            }
        }
        catch (Exception failure) when (AwsException.From(failure) is not null)
        {
            // The next question tries again.
        }
        finally
        {
            _gate.Release();
        }

        return _last;
    }

    /// <summary>Says that something changed: the next question takes a new picture.</summary>
    public void Expire() => Volatile.Write(ref _taken, 0);

    private bool IsFresh => Volatile.Read(ref _last) is not null && Volatile.Read(ref _taken) is var taken and not 0 && clock.GetElapsedTime(taken) < maxAge;

    public void Dispose() => _gate.Dispose();
}
