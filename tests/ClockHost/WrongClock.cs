namespace Mayfly.ClockHost;

/// <summary>The machine's clock, so much ahead; it runs as fast.</summary>
internal sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
