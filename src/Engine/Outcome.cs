using System.Diagnostics.CodeAnalysis;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine;

/// <summary>What an adapter returns: a value, or the classified failure that stood in its way.</summary>
public readonly record struct Outcome<T>
{
    private Outcome(T? value, Failure? failure)
    {
        Value = value;
        Failure = failure;
    }

    /// <summary>The value; only when <see cref="Failure"/> is null.</summary>
    public T? Value { get; }

    /// <summary>The failure; null when it went well.</summary>
    public Failure? Failure { get; }

    /// <summary>True with the value, false with the failure.</summary>
    public bool Is([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = Value;
        failure = Failure;
        return failure is null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Failure failure) => new(default, failure);
}

/// <summary>The value of an act that has none.</summary>
public readonly record struct Done;
