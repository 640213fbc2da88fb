using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Leases;

/// <summary>
/// A run's own lease. It is taken before the first write and not earlier, so that a run that finds nothing to do writes nothing;
/// looked at from the first stage on, so that a second run learns at once that another lives. Kept alive by a heartbeat. Every
/// stage asks <see cref="EnsureHeldAsync"/> before it writes.
/// </summary>
public sealed class RunLease(IObjectStore store, string key, LeaseTerms terms, TimeProvider clock) : IAsyncDisposable
{
    // Enough for a series of kills; a lock older than that many runs is judged by its age.
    private const int MaxEarlier = 10;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _heartbeat = Task.CompletedTask;
    private string? _version;
    private long _beat;
    private Moment _confirmed;
    private DateTimeOffset _taken;
    private IReadOnlyList<HoldingSpan> _earlier = [];

    /// <summary>Fires when somebody else holds the lease, or nothing is known of it for longer than it lives.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>True while this run holds it.</summary>
    public bool IsHeld => _version is not null && !_lost.IsCancellationRequested;

    /// <summary>The lease that was there before this run took it: its run is over. Null: there was none, or none is held.</summary>
    public PreviousLease? Previous { get; private set; }

    /// <summary>When the runs before this one held the environment, and this one: each is over, or has no program running when it asks.</summary>
    public IReadOnlyList<HoldingSpan> Spans =>
        IsHeld ? [.. _earlier, new HoldingSpan(terms.RunId, terms.Holder.Host, terms.Holder.Machine, _taken, clock.GetUtcNow() + HoldingSpan.Slack)] : [];

    /// <summary>The object's key.</summary>
    public string Key => key;

    /// <summary>Looks who holds it, and writes nothing. A failure when a live run does.</summary>
    public async Task<Failure?> LookAsync(CancellationToken ct)
    {
        var stored = IsHeld ? null : await store.GetAsync(key, ct);
        return stored is not null && await JudgeAsync(stored, ct) is { Standing: LeaseStanding.Live } other
            ? LeaseFailures.Held(other.Lease, other.Age)
            : null;
    }

    /// <summary>Makes sure that this run holds the lease; null, or why it may not write.</summary>
    public async Task<Failure?> EnsureHeldAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_version is null)
            {
                return await TakeAsync(ct);
            }

            if (!_lost.IsCancellationRequested && Since(_confirmed) > terms.Ttl / 2)
            {
                await RenewAsync(ct);
            }

            return _lost.IsCancellationRequested ? LeaseFailures.Lost() : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the lease back; the object stays, so that nobody deletes another run's. Never fails a run.</summary>
    public async Task ReleaseAsync(CancellationToken ct)
    {
        await StopHeartbeatAsync();
        if (_version is { } version && !_lost.IsCancellationRequested)
        {
            await store.PutAsync(key, Describe(released: true), PutCondition.IfVersion(version), ct);
            _version = null;
        }
    }

    /// <summary>Deletes the lease of an environment that is gone; the last act of a teardown.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        await StopHeartbeatAsync();
        if (IsHeld)
        {
            await store.DeleteAsync(key, ct);
            _version = null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopHeartbeatAsync();
        _lost.Dispose();
        _stop.Dispose();
        _gate.Dispose();
    }

    private async Task<Failure?> TakeAsync(CancellationToken ct)
    {
        var stored = await store.GetAsync(key, ct);
        if (stored is not null)
        {
            var (before, standing, age) = await JudgeAsync(stored, ct);
            if (standing is LeaseStanding.Live)
            {
                return LeaseFailures.Held(before, age);
            }

            if (before.RunId != terms.RunId)
            {
                Previous = new PreviousLease(before, standing, stored.Written);
                _earlier = [.. before.Earlier.Concat(before.Span is { } span ? [span] : []).TakeLast(MaxEarlier)];
            }
        }

        var asked = Now();
        _taken = asked.Wall;
        var condition = stored is null ? PutCondition.IfAbsent : PutCondition.IfVersion(stored.Version);
        if (await store.PutAsync(key, Describe(released: false), condition, ct) is { } version)
        {
            Hold(version, asked);
            return null;
        }

        // Somebody was faster. An answer that was lost on the way back looks the same: then the lease is ours after all.
        var winner = await store.GetAsync(key, ct);
        if (winner is not null && Lease.Read(winner.Content.Span) is { Released: false } mine && mine.RunId == terms.RunId)
        {
            Hold(winner.Version, asked);
            return null;
        }

        return winner is not null && await JudgeAsync(winner, ct) is { Standing: LeaseStanding.Live } other
            ? LeaseFailures.Held(other.Lease, other.Age)
            : LeaseFailures.Held(null, TimeSpan.Zero);
    }

    // What is known is known since the question was sent: while the answer was on its way this process may have slept.
    private void Hold(string version, Moment asked)
    {
        _version = version;
        _confirmed = asked;
        _heartbeat = BeatAsync(_stop.Token);
    }

    private async Task<(Lease Lease, LeaseStanding Standing, TimeSpan Age)> JudgeAsync(StoredObject stored, CancellationToken ct)
    {
        // What cannot be read was not written by a run that lives on this version; its age decides all the same.
        var lease = Lease.Read(stored.Content.Span) ?? new Lease("unknown", "", "unknown", "", 0, terms.Ttl.TotalSeconds, 0, false);
        var age = await store.NowAsync(ct) - stored.Written;
        var standing = lease.RunId == terms.RunId ? LeaseStanding.Released : lease.Judge(age, terms.Holder);
        return standing is LeaseStanding.Live && lease.Url is { } url && terms.Workflows is { } workflows && await workflows.HasEndedAsync(url, ct)
            ? (lease, LeaseStanding.WorkflowEnded, age)
            : (lease, standing, age);
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && !_lost.IsCancellationRequested)
        {
            await Task.Delay(terms.Ttl / Lease.BeatsPerTtl, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                return;
            }

            await _gate.WaitAsync(CancellationToken.None);
            try
            {
                await RenewAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var asked = Now();
        var left = terms.Ttl - Since(_confirmed);
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : terms.Ttl / Lease.BeatsPerTtl, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            _beat++;
            if (await store.PutAsync(key, Describe(released: false), PutCondition.IfVersion(_version!), either.Token) is { } version)
            {
                (_version, _confirmed) = (version, asked);
                return;
            }

            var stored = await store.GetAsync(key, either.Token);
            if (stored is not null && Lease.Read(stored.Content.Span) is { } mine && mine.RunId == terms.RunId)
            {
                // Our own write whose answer did not arrive.
                (_version, _confirmed) = (stored.Version, asked);
                return;
            }

            await _lost.CancelAsync();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && (e is OperationCanceledException || OutsideWorld.Classify(e) is not null))
        {
            // The store is out of reach. Until the lease has run out nobody else can hold it; after that somebody may.
            if (Since(_confirmed) >= terms.Ttl)
            {
                await _lost.CancelAsync();
            }
        }
    }

    private async Task StopHeartbeatAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
        }

        await _heartbeat;
    }

    private byte[] Describe(bool released) => new Lease(
        terms.RunId, terms.Command, terms.Holder.Host, terms.Holder.Machine, terms.Holder.Pid, terms.Ttl.TotalSeconds, _beat, released)
    {
        Url = terms.Url,
        Taken = _taken,
        Beaten = clock.GetUtcNow(),
        Earlier = _earlier,
    }.ToBytes();

    private Moment Now() => new(clock.GetTimestamp(), clock.GetUtcNow());

    // A machine that sleeps stops its monotonic clock, and a wall clock can be set: the one that says more is believed, since a
    // needless question to the store costs nothing and a missed one another run's work.
    private TimeSpan Since(Moment moment)
    {
        var (steady, wall) = (clock.GetElapsedTime(moment.Timestamp), clock.GetUtcNow() - moment.Wall);
        return steady > wall ? steady : wall;
    }

    private readonly record struct Moment(long Timestamp, DateTimeOffset Wall);
}

/// <summary>What a run's lease says.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Command">What it does.</param>
/// <param name="Holder">Machine and process.</param>
/// <param name="Ttl">How long it lives without a heartbeat.</param>
/// <param name="Url">The workflow run, when there is one.</param>
/// <param name="Workflows">Tells whether the workflow run that holds a lease has ended; null: nobody can be asked.</param>
public sealed record LeaseTerms(string RunId, string Command, Holder Holder, TimeSpan Ttl, string? Url = null, WorkflowRuns? Workflows = null);

/// <summary>A lease that another run held before.</summary>
/// <param name="Lease">What it says.</param>
/// <param name="Standing">Why it could be taken over.</param>
/// <param name="Written">Its last sign of life, by the store's clock.</param>
public sealed record PreviousLease(Lease Lease, LeaseStanding Standing, DateTimeOffset Written);
