namespace Mayfly.GitHub.Conversation;

/// <summary>Fixed answers.</summary>
public static class Replies
{
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
