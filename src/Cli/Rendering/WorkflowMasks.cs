namespace Mayfly.Cli.Rendering;

/// <summary>Tells the log of a GitHub workflow which texts to hide, so that later steps cannot show them either.</summary>
internal static class WorkflowMasks
{
    /// <summary>What is told each value; null outside a workflow, where the command would only show the value.</summary>
    /// <param name="log">Where the workflow reads commands: either output of the process.</param>
    /// <param name="variable">The process's variables.</param>
    public static Action<string>? For(TextWriter log, Func<string, string?> variable) =>
        variable("GITHUB_ACTIONS") == "true" ? value => WorkflowLog.Command(log, "add-mask", value) : null;
}
