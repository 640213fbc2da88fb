using System.Globalization;
using System.Text.Json.Nodes;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>Events as GitHub sends them: its own examples, about a pull request of the stand-in.</summary>
internal static class Events
{
    private const long BaseRepository = 1296269;
    private const long Fork = 7777;

    private static readonly JsonArray Examples =
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(WorkflowTools.Home, "tools", "github-api", "webhooks.json")))!.AsArray();

    /// <summary>Something happened to a pull request.</summary>
    public static JsonObject OfPull(GitHubWorld.Pull pull, string action, string sender, string? label = null)
    {
        var payload = Example("pull_request", example => example["action"]!.ToString() == action);
        payload["number"] = pull.Number;
        payload["sender"]!["login"] = sender;
        if (label is not null)
        {
            payload["label"]!["name"] = label;
        }

        var shown = payload["pull_request"]!;
        shown["number"] = pull.Number;
        shown["state"] = pull.IsOpen ? "open" : "closed";
        shown["merged"] = pull.IsMerged;
        shown["title"] = "$(touch pwned) `touch pwned` \"; ::add-mask::a ##[add-mask]b ${{ github.token }}";
        shown["head"]!["sha"] = pull.Head;
        shown["head"]!["ref"] = pull.Branch;
        shown["head"]!["repo"]!["id"] = pull.IsFromFork ? Fork : BaseRepository;
        shown["base"]!["sha"] = Ground.BaseCommit;
        shown["base"]!["repo"]!["id"] = BaseRepository;
        shown["labels"] = new JsonArray([.. pull.Labels.Select(name => new JsonObject { ["name"] = name })]);
        return payload;
    }

    /// <summary>Somebody wrote a comment.</summary>
    public static JsonObject Comment(GitHubWorld world, int number, string author, string body)
    {
        var comment = new GitHubWorld.Comment(world.NextId(), number, author) { Body = body };
        world.Comments.Add(comment);
        var payload = Example("issue_comment", example => example["action"]!.ToString() == "created");
        payload["issue"]!["number"] = number;
        payload["issue"]!["pull_request"] = new JsonObject { ["url"] = $"https://api.github.com/repos/octo-org/shop/pulls/{number}" };
        payload["comment"]!["id"] = comment.Id;
        payload["comment"]!["body"] = body;
        foreach (var who in (JsonNode[])[payload["comment"]!["user"]!, payload["sender"]!])
        {
            who["login"] = author;
            who["type"] = "User";
        }

        return payload;
    }

    /// <summary>Somebody starts the workflow by hand.</summary>
    public static JsonObject Dispatch(int number, string command, string sender, string argument = "")
    {
        var payload = Example("workflow_dispatch", _ => true);
        payload["inputs"] = new JsonObject { ["pr"] = number.ToString(CultureInfo.InvariantCulture), ["command"] = command, ["argument"] = argument };
        payload["sender"]!["login"] = sender;
        return payload;
    }

    /// <summary>The clock strikes: the payload names the schedule and the repository, and nobody.</summary>
    public static JsonObject Schedule() => new() { ["schedule"] = "17 * * * *" };

    private static JsonObject Example(string name, Func<JsonNode, bool> wanted) => Examples
        .Single(kind => kind!["name"]!.ToString() == name)!["examples"]!.AsArray()
        .First(example => wanted(example!))!.DeepClone().AsObject();
}
