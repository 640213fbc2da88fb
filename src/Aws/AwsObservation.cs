namespace Mayfly.Aws;

/// <summary>What a look at one thing in AWS gave. There are three answers, and "unknown" is never "not there".</summary>
public abstract record AwsObservation<T>
{
    private AwsObservation()
    {
    }

    /// <summary>It is there.</summary>
    public sealed record Present(T Value) : AwsObservation<T>;

    /// <summary>AWS itself said that it is not there.</summary>
    public sealed record NotFound : AwsObservation<T>;

    /// <summary>Throttled, denied, no answer: nothing is known.</summary>
    public sealed record Unknown(AwsException Cause) : AwsObservation<T>;
}

/// <summary>Looks at things.</summary>
public static class AwsObservation
{
    /// <summary>Asks, and turns AWS's refusals into values; anything that is not about AWS is thrown on.</summary>
    public static async Task<AwsObservation<T>> LookAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return new AwsObservation<T>.Present(await ask());
        }
        catch (Exception exception) when (AwsException.From(exception) is { } known)
        {
            return known.IsNotFound ? new AwsObservation<T>.NotFound() : new AwsObservation<T>.Unknown(known);
        }
    }
}
