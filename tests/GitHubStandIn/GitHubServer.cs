using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Mayfly.GitHubStandIn;

/// <summary>
/// GitHub as far as Mayfly talks with it, over HTTP. Each request and each answer is held against GitHub's own description of its API;
/// what does not fit is refused and kept in <see cref="Violations"/>.
/// </summary>
public sealed class GitHubServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GitHubContract _contract;
    private readonly GitHubAnswers _answers;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentBag<Fault> _faults = [];

    private GitHubServer(GitHubContract contract)
    {
        _contract = contract;
        _answers = new GitHubAnswers(World, contract);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What it holds.</summary>
    public GitHubWorld World { get; } = new();

    /// <summary>Its address.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>The token that it takes.</summary>
    public string Token { get; } = "ghs_" + Guid.NewGuid().ToString("n");

    /// <summary>Requests and answers that GitHub's description does not allow.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Method and path of every request so far.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Starts one on a free port.</summary>
    public static async Task<GitHubServer> StartAsync(GitHubContract contract)
    {
        var server = new GitHubServer(contract);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Orders trouble.</summary>
    public void Fail(Trouble trouble, Func<string, string, bool> concerns, int times = int.MaxValue, TimeSpan wait = default) =>
        _faults.Add(new Fault(trouble, concerns, times, wait));

    /// <summary>Ends all trouble.</summary>
    public void Heal() => _faults.Clear();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var method = http.Request.Method;
        var path = (http.Features.Get<IHttpRequestFeature>()!.RawTarget).Split('?')[0];
        var body = await ReadAsync(http.Request);
        _requests.Enqueue($"{method} {path}");
        if (_contract.Find(method, path) is not { } operation)
        {
            await RefuseAsync(http, $"{method} {path}: there is no such operation");
            return;
        }

        var query = http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        var flaws = _contract.Judge(operation, query, http.Request.ContentType?.Split(';')[0], body);
        if (flaws.Count > 0)
        {
            await RefuseAsync(http, $"{method} {path}: {string.Join("; ", flaws)}");
            return;
        }

        if (http.Request.Headers.Authorization.ToString() is var given && !given.EndsWith(' ' + Token, StringComparison.Ordinal))
        {
            await WriteAsync(http, 401, Message("Bad credentials"));
            return;
        }

        var fault = _faults.FirstOrDefault(fault => fault.Strikes(method, path));
        if (fault is not null && fault.Trouble != Trouble.LostAnswer)
        {
            await StrikeAsync(http, fault);
            return;
        }

        GitHubAnswers.Answer answer;
        lock (_gate)
        {
            answer = _answers.To(operation, query, body);
        }

        if (fault is not null)
        {
            await WriteAsync(http, 502, Message("Server Error"));
            return;
        }

        if (answer.HasMore)
        {
            var next = query.Where(pair => pair.Key != "page").Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}")
                .Append($"page={int.Parse(query.GetValueOrDefault("page", "1"), CultureInfo.InvariantCulture) + 1}");
            http.Response.Headers.Link = $"<{Address.AbsoluteUri.TrimEnd('/')}{path}?{string.Join('&', next)}>; rel=\"next\"";
        }

        // GitHub shows no repository when a fork was deleted, as its webhooks' schema says; the description of the API forgot it.
        var flawsOfAnswer = answer.Status >= 400 ? [] : _contract.JudgeAnswer(operation, answer.Status, answer.Body);
        foreach (var flaw in flawsOfAnswer.Where(flaw => !flaw.StartsWith("/head/repo type: Value is \"null\"", StringComparison.Ordinal)))
        {
            _violations.Enqueue($"the answer to {method} {path}: {flaw}");
        }

        await WriteAsync(http, answer.Status, answer.Body);
    }

    private static async Task StrikeAsync(HttpContext http, Fault fault)
    {
        var headers = http.Response.Headers;
        switch (fault.Trouble)
        {
            case Trouble.PrimaryLimit:
                headers["x-ratelimit-limit"] = "5000";
                headers["x-ratelimit-remaining"] = "0";
                headers["x-ratelimit-reset"] = DateTimeOffset.UtcNow.Add(fault.Wait).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                await WriteAsync(http, 403, Message("API rate limit exceeded for installation."));
                break;
            case Trouble.SecondaryLimit:
                headers.RetryAfter = ((int)fault.Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await WriteAsync(http, 403, Message("You have exceeded a secondary rate limit. Please wait a few minutes before you try again."));
                break;
            case Trouble.TooManyRequests:
                await WriteAsync(http, 429, Message("Too many requests"));
                break;
            case Trouble.ServerError:
                await WriteAsync(http, 502, Message("Server Error"));
                break;
            case Trouble.Forbidden:
                await WriteAsync(http, 403, Message("Resource not accessible by integration"));
                break;
            case Trouble.NotFound:
                await WriteAsync(http, 404, Message("Not Found"));
                break;
            default:
                http.Abort();
                break;
        }
    }

    private async Task RefuseAsync(HttpContext http, string why)
    {
        _violations.Enqueue(why);
        await WriteAsync(http, 400, Message(why));
    }

    private static JsonObject Message(string text) => new() { ["message"] = text, ["documentation_url"] = "https://docs.github.com/rest" };

    private static async Task<JsonNode?> ReadAsync(HttpRequest request)
    {
        using var memory = new MemoryStream();
        await request.Body.CopyToAsync(memory);
        return memory.Length == 0 ? null : JsonNode.Parse(memory.ToArray());
    }

    private static async Task WriteAsync(HttpContext http, int status, JsonNode? body)
    {
        http.Response.StatusCode = status;
        if (body is not null)
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            await http.Response.WriteAsync(body.ToJsonString());
        }
    }
}
