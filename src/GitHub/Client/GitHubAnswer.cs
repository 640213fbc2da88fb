using System.Diagnostics.CodeAnalysis;

namespace Mayfly.GitHub.Client;

/// <summary>What GitHub answered: a value, or why there is none, in words. Trouble with GitHub never ends a run.</summary>
/// <param name="Value">The value.</param>
/// <param name="Trouble">Why there is none; null when there is one.</param>
/// <param name="IsMissing">True when GitHub said that there is no such thing, or that this token may not know of it.</param>
public readonly record struct GitHubAnswer<T>(T? Value, string? Trouble, bool IsMissing = false)
{
    /// <summary>Takes it apart.</summary>
    public bool Is([MaybeNullWhen(false)] out T value)
    {
        value = Value;
        return Trouble is null;
    }
}
