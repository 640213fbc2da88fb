using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Secrets;

/// <summary>The secret contract of an environment, as far as a run needs it.</summary>
public interface ISecretContract
{
    /// <summary>Looks at every secret and key; writes nothing. Every value that is read is known to the redactor afterwards.</summary>
    Task<IReadOnlyList<SecretFinding>> CheckAsync(CancellationToken ct);

    /// <summary>
    /// Makes sure that every secret exists and that every key has a value that satisfies its rule, from its configured source where
    /// it is missing. Never overwrites a value that satisfies it. Returns the ids of the secrets it wrote; never a value.
    /// </summary>
    /// <param name="beforeWrite">Asked before each write; a failure stops it.</param>
    /// <param name="ct">Cancels.</param>
    Task<Outcome<string[]>> EnsureAsync(Func<CancellationToken, Task<Failure?>> beforeWrite, CancellationToken ct);

    /// <summary>When the current value of each secret was written, by AWS's clock, as far as the last look read it.</summary>
    IReadOnlyDictionary<string, DateTimeOffset> Written { get; }
}
