using System.Diagnostics;

namespace Mayfly.LocalCloud.Tests.Aws;

/// <summary>Waits for what is under way.</summary>
internal static class Wait
{
    /// <summary>Asks until the answer is as wished; the last answer either way, so that an assertion can show it.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> good, int seconds = 10)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (good(answer) || Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
            {
                return answer;
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }
}
