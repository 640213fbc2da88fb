using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly validate</c>: checks the configuration and all files that it names, without touching anything.</summary>
internal static class ValidateCommand
{
    public static Command Create() =>
        new Command("validate", "Checks mayfly.yaml and the files that it names.").WithAction(async context =>
        {
            var configuration = await context.ConfigurationAsync();
            context.Words.WriteLine(
                $"{context.ConfigurationPath} is valid: project {configuration.Project}, {configuration.Terraform.Layers.Count} layers, "
                + $"chart {configuration.Helm.Chart}, {configuration.Secrets.Count} secrets");
            Answers.Close(context, "valid", result => result["configuration"] = context.ConfigurationPath);
            return ExitCodes.Holds;
        });
}
