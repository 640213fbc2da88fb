using Mayfly.Engine.Tools;

namespace Mayfly.Cli.Local;

/// <summary>The helm that Mayfly fetched, for those who need one and have none on PATH: the provider stand-in, and people.</summary>
internal static class FetchedTools
{
    private const string Variable = "MAYFLY_HELM";

    /// <summary>The folder with helm and kubectl; null: PATH has a helm, or nothing was fetched.</summary>
    public static string? Folder
    {
        get
        {
            var variables = ToolEnvironment.OfThisProcess();
            var helm = Binaries.Locate("helm", CommandContext.Home, CommandContext.Home, variables);
            return helm.StartsWith(Path.Combine(CommandContext.Home, "tools"), StringComparison.Ordinal) ? Path.GetDirectoryName(helm) : null;
        }
    }

    /// <summary>The description with the variable that names helm to the stand-in for hashicorp/helm.</summary>
    public static CloudDescription AddTo(CloudDescription cloud)
    {
        if (Folder is not { } folder || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            return cloud;
        }

        return cloud with { Environment = new Dictionary<string, string>(cloud.Environment) { [Variable] = Path.Combine(folder, "helm") } };
    }
}
