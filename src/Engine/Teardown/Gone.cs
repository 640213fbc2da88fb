using Mayfly.Aws;

namespace Mayfly.Engine.Teardown;

/// <summary>"Not found" is what a teardown wants to hear.</summary>
internal static class Gone
{
    /// <summary>The answer; null when AWS says that the thing is not there. Any other refusal is thrown on.</summary>
    public static async Task<T?> OrAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (AwsException.From(e) is { IsNotFound: true })
        {
            return null;
        }
    }

    /// <summary>Does it; all is well when the thing is not there.</summary>
    public static async Task IsFineAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (AwsException.From(e) is { IsNotFound: true })
        {
            // Somebody was faster, or it went with its parent.
        }
    }
}
