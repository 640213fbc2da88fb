using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Mayfly.GitHub.Client;

/// <summary>
/// Asks again where that helps: after a rate limit when GitHub says, after a server error when asking twice does no harm. What would
/// wait for longer than its patience is given up at once, and until then GitHub is left alone, as it asks its callers to.
/// </summary>
/// <param name="clock">Tells when a limit ends.</param>
/// <param name="patience">The longest wait for one request.</param>
public sealed class PatientHandler(TimeProvider clock, TimeSpan patience) : DelegatingHandler
{
    private const int MaxTries = 4;

    // GitHub names no time with some secondary limits and asks for a minute at least.
    private static readonly TimeSpan UnnamedWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private DateTimeOffset _shutUntil;

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (clock.GetUtcNow() is var now && now < _shutUntil)
        {
            if (_shutUntil - now > patience)
            {
                throw new GitHubShutException();
            }

            await Task.Delay(_shutUntil - now, clock, ct);
        }

        // The library names a form as the type of its JSON.
        if (request.Content is { } content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
            await content.LoadIntoBufferAsync(ct);
        }

        return await Pipeline(request.Method != HttpMethod.Post).ExecuteAsync(async stop => await base.SendAsync(request, stop), ct);
    }

    // A POST that failed on the way may have been done, and done twice it would be a second comment.
    private ResiliencePipeline<HttpResponseMessage> Pipeline(bool mayRepeat) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = MaxTries - 1,
                ShouldHandle = tried => ValueTask.FromResult(tried.Outcome switch
                {
                    { Exception: HttpRequestException } => mayRepeat,
                    { Result: { } answer } when LimitOf(answer) is { } wait => Note(wait) <= patience,
                    { Result.StatusCode: >= HttpStatusCode.InternalServerError } => mayRepeat,
                    _ => false,
                }),
                DelayGenerator = tried => ValueTask.FromResult<TimeSpan?>(
                    tried.Outcome.Result is { } answer && LimitOf(answer) is { } wait ? wait : Pause(tried.AttemptNumber)),
            })
            .Build();

    private TimeSpan Pause(int attempt) => FirstPause * Math.Pow(2, attempt) is var pause && pause < patience ? pause : patience;

    private TimeSpan Note(TimeSpan wait)
    {
        _shutUntil = clock.GetUtcNow() + wait;
        return wait;
    }

    /// <summary>How long a rate limit asks to wait; null when the answer is none.</summary>
    private TimeSpan? LimitOf(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
        {
            return null;
        }

        if (answer.Headers.RetryAfter is { } after)
        {
            return after.Delta ?? Positive(after.Date - clock.GetUtcNow());
        }

        if (Header(answer, "x-ratelimit-remaining") == "0" && long.TryParse(Header(answer, "x-ratelimit-reset"), CultureInfo.InvariantCulture, out var reset))
        {
            // The reset is a whole second, and clocks differ by one.
            return Positive(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(reset, 0, 253_402_300_799)) - clock.GetUtcNow()) + TimeSpan.FromSeconds(1);
        }

        return answer.StatusCode == HttpStatusCode.TooManyRequests ? UnnamedWait : null;
    }

    private static TimeSpan Positive(TimeSpan? time) => time is { } some && some > TimeSpan.Zero ? some : TimeSpan.Zero;

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
