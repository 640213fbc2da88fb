using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The way of every request: fault, user, right, answer, log.</summary>
internal sealed class RequestPipeline(ClusterState state, RequestLog log)
{
    private readonly DiscoveryDocuments _discovery = new(state);
    private readonly OpenApiDocuments _openApi = new(state);
    private readonly ResourceEndpoint _resources = new(state);

    public async Task HandleAsync(HttpContext http)
    {
        var clock = state.Options.Clock;
        var started = clock.GetTimestamp();
        var info = new ApiRequestInfo(
            http.Request.Method, http.Request.Path.Value ?? "/", http.Request.QueryString.Value
                ?? "", http.Request.Headers.UserAgent.ToString());
        var outcome = new RequestOutcome();
        http.Features.Set(outcome);
        outcome.Started = () =>
            log.Add(clock.GetUtcNow(), info, outcome.User, http.Response.StatusCode, clock.GetElapsedTime(started),
            outcome.Wrote);
        try
        {
            await AnswerAsync(http, info, outcome);
        }
        catch (ApiException error) when (!http.Response.HasStarted)
        {
            await Answers.WriteAsync(http, error);
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await Answers.WriteAsync(http, error.StatusCode == 413 ? ApiErrors.TooLarge(3 * 1024 * 1024)
                : ApiErrors.BadRequest(error.Message));
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or IOException)
        {
            // The client has gone, or the server is stopping: nobody is there to be answered.
        }
        finally
        {
            outcome.Log();
        }
    }

    private async Task AnswerAsync(HttpContext http, ApiRequestInfo info, RequestOutcome outcome)
    {
        if (state.Options.Fault(info) is { } fault)
        {
            await Task.Delay(fault.Delay, state.Options.Clock, http.RequestAborted);
            if (fault.Reset)
            {
                http.Abort();
                return;
            }

            if (fault.Status is { } status)
            {
                // A real server says after how long to ask again, and clients heed it.
                throw status == 429
                    ? ApiErrors.TooManyRequests(fault.Message ?? Reason(status), seconds: 1)
                    : new ApiException(ApiErrors.Status(status, Reason(status), fault.Message ?? Reason(status)));
            }
        }

        var path = info.Path.TrimEnd('/');
        if (path is "/healthz" or "/livez" or "/readyz" || path.StartsWith("/livez/", StringComparison.Ordinal)
            || path.StartsWith("/readyz/", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync("ok", http.RequestAborted);
            return;
        }

        var user = await AuthenticateAsync(http);
        outcome.User = user.Name;
        user = Impersonation.Apply(state, http, user);
        if (ApiRequest.Parse(http, user) is { } request)
        {
            state.Rbac.Demand(request);
            await _resources.HandleAsync(request);
        }
        else
        {
            state.Rbac.DemandPath(user, path.Length == 0 ? "/" : path, http.Request.Method.ToLowerInvariant());
            if (!await _discovery.TryAnswerAsync(http, path) && !await _openApi.TryAnswerAsync(http, path))
            {
                await Answers.NotFoundAsync(http);
            }
        }
    }

    private async Task<UserInfo> AuthenticateAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiErrors.Unauthorized();
        }

        var token = header["Bearer ".Length..].Trim();
        var user = state.Tokens.Find(token) ?? await state.Options.AuthenticateAsync(token, http.RequestAborted)
            ?? throw ApiErrors.Unauthorized();
        return user.Groups.Contains("system:authenticated") ? user
            : user with { Groups = [.. user.Groups, "system:authenticated"] };
    }

    private static string Reason(int status) => status switch
    {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };
}

/// <summary>What the log will say of a request; written once, at its end or when its stream begins.</summary>
internal sealed class RequestOutcome
{
    private int _logged;

    public string User { get; set; } = "";

    public bool Wrote { get; set; }

    public Action Started { get; set; } = () => { };

    public void Log()
    {
        if (Interlocked.Exchange(ref _logged, 1) == 0)
        {
            Started();
        }
    }
}
