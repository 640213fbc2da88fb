namespace Mayfly.Aws.Protocols;

/// <summary>How long to wait before the next try.</summary>
internal static class AwsBackoff
{
    /// <summary>Doubles from 50 ms (500 ms when throttled) to 20 s, each a random part of that, so that many callers do not come back at once.</summary>
    public static TimeSpan DelayAfter(int attempt, bool throttled)
    {
        var ceiling = Math.Min(20_000, (throttled ? 500 : 50) * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(ceiling * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
