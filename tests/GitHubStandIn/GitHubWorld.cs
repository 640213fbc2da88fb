using System.Text.Json.Nodes;

namespace Mayfly.GitHubStandIn;

/// <summary>What the stand-in holds: one repository with its pull requests, and what was written about them.</summary>
public sealed class GitHubWorld
{
    private long _id = 1000;

    /// <summary>Who the token belongs to.</summary>
    public string Me { get; set; } = "github-actions[bot]";

    /// <summary>False: the token may not ask whose it is, as an app's may not.</summary>
    public bool MeIsKnown { get; set; }

    /// <summary>Pull requests by their numbers.</summary>
    public Dictionary<int, Pull> Pulls { get; } = [];

    /// <summary>Permissions by login: admin, write, read, none.</summary>
    public Dictionary<string, string> Permissions { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Comments, in order.</summary>
    public List<Comment> Comments { get; } = [];

    /// <summary>Deployments, in order.</summary>
    public List<Deployment> Deployments { get; } = [];

    /// <summary>Checks, in order.</summary>
    public List<Check> Checks { get; } = [];

    /// <summary>GitHub's environments; a deployment makes the one it names.</summary>
    public HashSet<string> Environments { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs of workflows by their ids: <c>in_progress</c>, <c>completed</c>.</summary>
    public Dictionary<long, string> Runs { get; } = [];

    /// <summary>A new id.</summary>
    public long NextId() => ++_id;

    /// <summary>A pull request.</summary>
    public sealed record Pull(int Number)
    {
        public bool IsOpen { get; set; } = true;
        public bool IsMerged { get; set; }
        public bool IsLocked { get; set; }
        public string Head { get; set; } = "1111111111111111111111111111111111111111";
        public string Branch { get; set; } = "feature/login";
        public bool IsFromFork { get; set; }
        public bool ForkIsGone { get; set; }
        public string Author { get; set; } = "octocat";
        public List<string> Labels { get; } = [];
    }

    /// <summary>A comment.</summary>
    public sealed record Comment(long Id, int Pull, string Author)
    {
        public string Body { get; set; } = "";
        public List<string> Reactions { get; } = [];

        /// <summary>Everything that it ever said.</summary>
        public List<string> History { get; } = [];
    }

    /// <summary>A deployment.</summary>
    public sealed record Deployment(long Id, string Environment, string Commit)
    {
        public List<(string State, string? Url)> Statuses { get; } = [];
        public string State => Statuses.Count > 0 ? Statuses[^1].State : "pending";
    }

    /// <summary>A check.</summary>
    public sealed record Check(long Id, string Name, string Commit)
    {
        public string Status { get; set; } = "queued";
        public string? Conclusion { get; set; }
        public JsonNode? Output { get; set; }
        public List<JsonNode> Annotations { get; } = [];
    }
}
