using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Leases;

/// <summary>
/// Whether a workflow run of GitHub has ended, so that a run that was cancelled need not be waited for until its lease expires.
/// Asks only the server and the repository that this process itself was started by, with the token it was given.
/// </summary>
public sealed partial class WorkflowRuns(HttpClient http, ToolEnvironment variables)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The link to the attempt that this process is part of; null when it is part of none.</summary>
    public string? Own => variables["GITHUB_RUN_ID"] is { } id
        ? string.Create(CultureInfo.InvariantCulture, $"{Repository}/actions/runs/{id}/attempts/{variables["GITHUB_RUN_ATTEMPT"] ?? "1"}")
        : null;

    private string Repository => $"{variables["GITHUB_SERVER_URL"]}/{variables["GITHUB_REPOSITORY"]}";

    /// <summary>True only when that is certain. No token, no answer, another repository: not certain.</summary>
    /// <param name="url">The link in a lease.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> HasEndedAsync(string url, CancellationToken ct)
    {
        if (!url.StartsWith(Repository + "/", StringComparison.Ordinal) || Link().Match(url) is not { Success: true } link)
        {
            return false;
        }

        var (run, attempt) = (link.Groups["run"].Value, Attempt(link.Groups["attempt"].Value));
        if (run == variables["GITHUB_RUN_ID"])
        {
            // GitHub starts an attempt only when the one before it has ended; of the same attempt another job may live.
            return attempt > 0 && attempt < Attempt(variables["GITHUB_RUN_ATTEMPT"]);
        }

        return variables["GITHUB_API_URL"] is { } api && (variables["GITHUB_TOKEN"] ?? variables["GH_TOKEN"]) is { } token
            && await AskAsync(new Uri($"{api}/repos/{variables["GITHUB_REPOSITORY"]}/actions/runs/{run}/attempts/{Math.Max(1, attempt)}"), token, ct);
    }

    private async Task<bool> AskAsync(Uri address, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.UserAgent.ParseAdd("mayfly");
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            using var answer = await http.SendAsync(request, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return false;
            }

            using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(limit.Token));
            return body.RootElement.TryGetProperty("status", out var status) && status.ValueEquals("completed");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or JsonException)
        {
            // Nobody knows: then it lives until its lease expires.
            return false;
        }
    }

    private static int Attempt(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"/actions/runs/(?<run>[0-9]+)(?:/attempts/(?<attempt>[0-9]+))?$")]
    private static partial Regex Link();
}
