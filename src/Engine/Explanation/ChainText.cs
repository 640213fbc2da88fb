using System.Text.Json.Nodes;

namespace Mayfly.Engine.Explanation;

/// <summary>The chain in words.</summary>
public static class ChainText
{
    /// <summary>A line a link, the first broken one marked, evidence below broken ones; what to do at the end.</summary>
    public static IEnumerable<string> Lines(Chain chain)
    {
        var width = chain.All.Max(link => link.Name.Length);
        IEnumerable<string> Of(Link link) =>
        [
            $"{Mark(link.State)} {link.Name.PadRight(width)}  {link.Summary}{(link == chain.FirstBroken ? "   <- the first broken link" : "")}",
            .. link.State == LinkState.Broken ? link.Evidence.Select(line => $"    {line}") : [],
        ];

        return
        [
            .. chain.Links.SelectMany(Of),
            .. chain.Secrets.Count > 0 ? [""] : Array.Empty<string>(),
            .. chain.Secrets.SelectMany(Of),
            .. chain.Next().Select(next => $"-> {next}"),
        ];
    }

    /// <summary>A link for programs.</summary>
    public static JsonObject Json(Link link) => new()
    {
        ["link"] = link.Name,
        ["state"] = link.State.ToString().ToLowerInvariant(),
        ["summary"] = link.Summary,
        ["evidence"] = new JsonArray([.. link.Evidence.Select(line => (JsonNode)line)]),
        ["next"] = new JsonArray([.. link.Next.Select(line => (JsonNode)line)]),
    };

    private static char Mark(LinkState state) => state switch
    {
        LinkState.Fine => '✓',
        LinkState.Broken => '✗',
        _ => '?',
    };
}
