using k8s.Autorest;
using Mayfly.Aws;

namespace Mayfly.Engine.Explanation;

/// <summary>What one direct look gave. "Unknown" is never "not there".</summary>
public abstract record Look<T>
    where T : class
{
    private Look()
    {
    }

    /// <summary>It is there.</summary>
    public sealed record Seen(T Found) : Look<T>;

    /// <summary>The outside world itself said that it is not there.</summary>
    public sealed record Absent : Look<T>;

    /// <summary>Nothing is known, and why.</summary>
    public sealed record Unknown(string Why) : Look<T>;

    /// <summary>The value when it was seen.</summary>
    public T? Value => this is Seen(var value) ? value : null;

    /// <summary>Why there is none to judge, as a link; null when it was seen.</summary>
    public Link? Missing(string name, Func<Link> absent) => this switch
    {
        Absent => absent(),
        Unknown(var why) => Link.Unknown(name, why),
        _ => null,
    };
}

/// <summary>Looks at things.</summary>
public static class Look
{
    /// <summary>Asks, and turns the outside world's refusals into values; null is "not there". A bug is thrown on.</summary>
    public static async Task<Look<T>> AtAsync<T>(Func<Task<T?>> ask, CancellationToken ct)
        where T : class
    {
        try
        {
            return await ask() is { } value ? new Look<T>.Seen(value) : new Look<T>.Absent();
        }
        catch (HttpOperationException e) when (e.Response?.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return new Look<T>.Absent();
        }
        catch (Exception e) when (AwsException.From(e) is { } aws)
        {
            return aws.IsNotFound
                ? new Look<T>.Absent()
                : new Look<T>.Unknown($"could not look: {aws.Service ?? "the network"} {aws.Operation}: {aws.Code}: {aws.Message}");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return new Look<T>.Unknown($"could not look: {OutsideWorld.Classify(e)!.Summary}");
        }
    }
}
