namespace Mayfly.GitHub.Conversation;

/// <summary>Fixed answers.</summary>
public static class Replies
{
    /// <summary>What came of extending.</summary>
    public static string Extended(bool isThere, DateTimeOffset? ends) =>
        !isThere ? "There is no environment to extend."
        : ends is { } end ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It ends {end:yyyy-MM-dd HH:mm} UTC, or with the pull request.")
        : "It has no end of its own: it lives until the pull request closes or loses its label.";

    /// <summary>What can be asked for.</summary>
    public const string Help = """
        | comment | does |
        |---|---|
        | `/preview up` | makes the environment, or brings it to the newest commit, and puts the label on; for a fork it names the commit: `/preview up <all 40 digits>` |
        | `/preview down` | removes the environment and takes the label off |
        | `/preview redeploy` | starts the application anew |
        | `/preview extend 24h` | lets the environment live that much longer |
        | `/preview sleep` | stops application and nodes; the rest stays |
        | `/preview wake` | starts them again |
        | `/preview explain` | says why the environment is not reachable |
        | `/preview help` | this |

        Only people with write permission are heard.
        """;
}
