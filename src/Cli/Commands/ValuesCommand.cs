using System.CommandLine;
using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Values;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly values</c>: the composed Helm values, with the file that each came from.</summary>
internal static class ValuesCommand
{
    // The majors read a file of several documents differently; without a helm the older one is followed.
    private const int MajorWithoutHelm = 3;

    private static readonly Option<bool> Yaml = new("--yaml") { Description = "The values as the YAML that helm gets, without origins." };

    public static Command Create()
    {
        var command = new Command("values", "Shows the composed Helm values, with the file that each came from.") { Yaml };
        return EnvironmentOptions.AddTo(command).WithAction(RunAsync);
    }

    private static async Task<int> RunAsync(CommandContext context)
    {
        var identity = await context.EnvironmentAsync();
        var configuration = await context.ConfigurationAsync();
        var helm = Binaries.Locate(configuration.Helm.Binary, configuration.Directory, CommandContext.Home, context.Variables);
        var major = (await ToolVersion.OfAsync("helm", helm, Helm.VersionArguments(), context.Stop))?.Major ?? MajorWithoutHelm;
        var values = ValuesComposer.Compose(configuration, TemplateVariables.For(identity, configuration), major);
        if (context.Output == OutputMode.Json)
        {
            var leaves = ValueTree.Leaves(values.Tree).Select(leaf => (JsonNode)new JsonObject
            {
                ["path"] = leaf.Path,
                ["value"] = Shown(leaf.Leaf),
                ["origin"] = leaf.Leaf.Origin.ToString(),
            });
            Answers.Close(context, "composed", result =>
            {
                result["environment"] = identity.Id;
                result["values"] = new JsonArray([.. leaves]);
            });
        }
        else if (context.Call.GetValue(Yaml))
        {
            await context.Answer.WriteAsync(values.Yaml);
        }
        else
        {
            TableView.Write(
                context.Answer,
                ["value", "", "from"],
                ValueTree.Leaves(values.Tree).Select(leaf => (string[])[leaf.Path, Shown(leaf.Leaf), leaf.Leaf.Origin.ToString()]));
        }

        return ExitCodes.Holds;
    }

    private static string Shown(ValueNode leaf) => leaf switch
    {
        ValueScalar scalar => ValueWriter.Scalar(scalar),
        ValueMap => "{}",
        _ => "[]",
    };
}
