namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>One file of a debug bundle, before it was made.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="About">What it holds, for the index.</param>
/// <param name="Make">Makes its text; a part that cannot be had is a value, the outside world's refusals too.</param>
public sealed record BundlePart(string Name, string About, Func<CancellationToken, Task<PartContent>> Make);

/// <summary>What became of a part.</summary>
public abstract record PartContent
{
    private PartContent()
    {
    }

    /// <summary>Its text.</summary>
    public sealed record Text(string Value) : PartContent;

    /// <summary>There is none, and why.</summary>
    public sealed record Missing(string Why) : PartContent;
}

/// <summary>A part as it stands in the index.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="About">What it holds.</param>
/// <param name="Text">Its text, secrets taken out; null when it is missing.</param>
/// <param name="Why">Why it is missing; empty when it is not.</param>
public sealed record BundleFile(string Name, string About, string? Text, string Why);
