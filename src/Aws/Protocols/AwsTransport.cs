using System.Net;
using System.Net.Http.Headers;

namespace Mayfly.Aws.Protocols;

/// <summary>Signs and sends requests, and tries again what a second try can cure.</summary>
public sealed class AwsTransport(AwsSession session)
{
    // One pool of connections for the whole process. Connections are renewed so that a change of DNS is noticed.
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends until it succeeds, fails for good, or the tries are used up.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<AwsResponse> SendAsync(AwsRequest request, CancellationToken ct = default)
    {
        var clock = session.Options.Clock;
        var (renewed, corrected) = (false, false);
        for (var attempt = 1; ; attempt++)
        {
            var (response, failure, retryAfter) = await TryAsync(request, attempt, ct);
            if (response is not null)
            {
                return response;
            }

            // A clock that is wrong cannot be cured by waiting, nor by other credentials.
            if (!corrected && AwsErrorCodes.IsOfClock(failure!.Code) && failure.Data["date"] is DateTimeOffset theirs && session.SetClock(theirs))
            {
                corrected = true;
                continue;
            }

            if (!renewed && AwsErrorCodes.IsExpired(failure!.Code))
            {
                session.EndSession();
                renewed = true;
                continue;
            }

            if (attempt >= session.Options.MaxAttempts || !failure!.IsTransient)
            {
                throw failure!;
            }

            await Task.Delay(retryAfter ?? AwsBackoff.DelayAfter(attempt, failure.IsThrottling), clock, ct);
        }
    }

    private async Task<(AwsResponse?, AwsException?, TimeSpan?)> TryAsync(AwsRequest request, int attempt, CancellationToken ct)
    {
        using var message = await MessageAsync(request, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(session.Options.Timeout);
        try
        {
            using var answer = await Http.SendAsync(message, limit.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            if ((int)answer.StatusCode < 300)
            {
                var headers = answer.Headers.Concat(answer.Content.Headers)
                    .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
                return (new AwsResponse((int)answer.StatusCode, headers, body), null, null);
            }

            var failure = AwsErrorReader.Read(request, answer, body, attempt);
            failure.Data["date"] = answer.Headers.Date;
            return (null, failure, answer.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException cancelled) when (!ct.IsCancellationRequested)
        {
            return (null, NoAnswer(request, attempt, $"no answer within {session.Options.Timeout.TotalSeconds:0} s", cancelled), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, NoAnswer(request, attempt, exception.Message, exception), null);
        }
    }

    private async Task<HttpRequestMessage> MessageAsync(AwsRequest request, CancellationToken ct)
    {
        var endpoint = session.EndpointOf(request.Service);
        var query = request.Query.Count == 0 ? "" : "?" + AwsSignature.QueryString(request.Query);
        var message = new HttpRequestMessage(request.Method, endpoint.AbsoluteUri.TrimEnd('/') + request.Path + query);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            if (request.ContentType is { } type)
            {
                message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            }
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.TryAddWithoutValidation("User-Agent", session.Options.Application);
        var credentials = await session.GetCredentialsAsync(ct);
        AwsSignature.Sign(message, request.Body, request.Service.SigningName, request.Service.GlobalRegion ?? session.Region,
            credentials, session.Now);
        return message;
    }

    private static AwsException NoAnswer(AwsRequest request, int attempt, string why, Exception inner) =>
        new(AwsErrorCodes.NoAnswer, $"{request.Service.Id} {request.Operation}: {why}", inner)
        {
            Service = request.Service.Id,
            Operation = request.Operation,
            Attempts = attempt,
        };
}
