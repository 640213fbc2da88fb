using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary>Options that say which environment is meant. What they leave open, the GitHub event says where there is one.</summary>
internal static class EnvironmentOptions
{
    public static readonly Option<string> PullRequest = new("--pr")
    {
        Description = "Number of the pull request; by default the GitHub event's.",
        HelpName = "N",
    };

    public static readonly Option<string> Branch = new("--branch")
    {
        Description = "Branch of the pull request; by default the GitHub event's.",
        HelpName = "B",
    };

    public static readonly Option<string> Commit = new("--commit")
    {
        Description = "Commit to deploy; by default the GitHub event's, or what is checked out here.",
        HelpName = "SHA",
    };

    /// <summary>Adds them to a command.</summary>
    public static Command AddTo(Command command)
    {
        command.Options.Add(PullRequest);
        command.Options.Add(Branch);
        command.Options.Add(Commit);
        return command;
    }
}
