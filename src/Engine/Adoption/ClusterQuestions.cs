using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Adoption;

/// <summary>Asks the cluster's API what is there, in the form in which the search asks AWS.</summary>
public sealed class ClusterQuestions(Cluster cluster)
{
    /// <summary>The operation of a question about many things.</summary>
    public const string List = "list";

    // Only what a thing is called is asked for: what a secret holds stays where it is.
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata{0};g=meta.k8s.io;v=v1, application/json";

    /// <summary>The answer at a path.</summary>
    /// <exception cref="AwsException">There is none: not found, refused, or no answer.</exception>
    public async Task<Reply> AskAsync(Question question, CancellationToken ct)
    {
        var query = string.Join('&', question.Query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(cluster.Client.BaseUri, question.Path + (query.Length > 0 ? $"?{query}" : "")));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await cluster.Token.GetAsync(ct));
        request.Headers.Accept.ParseAdd(string.Format(CultureInfo.InvariantCulture, MetadataOnly, question.Operation == List ? "List" : ""));
        using var response = await cluster.Client.HttpClient.SendAsync(request, ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new AwsException(CodeOf(response.StatusCode), $"the cluster's API answers {(int)response.StatusCode} for {question.Path}")
            {
                Status = response.StatusCode,
                Service = "Kubernetes",
                Operation = question.Operation,
            };
        }

        return Reply.From(JsonNode.Parse(await response.Content.ReadAsStreamAsync(ct)));
    }

    private static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => "NotFound",
        HttpStatusCode.Unauthorized => "ExpiredToken",
        HttpStatusCode.Forbidden => "AccessDenied",
        _ => "ServiceUnavailable",
    };
}
