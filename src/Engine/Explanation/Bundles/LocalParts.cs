using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>What this machine knows: programs and their versions, the configuration.</summary>
internal sealed class LocalParts(World world, Blueprint blueprint)
{
    public IEnumerable<BundlePart> All =>
    [
        new("versions.txt", "versions of mayfly, terraform, helm and the operating system", VersionsAsync),
        new("configuration.yaml", "the configuration", ct => FileAsync(ConfigurationLoader.FileName, ct)),
    ];

    private async Task<PartContent> VersionsAsync(CancellationToken ct)
    {
        var text = new StringBuilder()
            .Append("mayfly ").Append((Assembly.GetEntryAssembly() ?? typeof(LocalParts).Assembly).GetName().Version?.ToString(3)).Append('\n')
            .Append(RuntimeInformation.FrameworkDescription).Append('\n')
            .Append(RuntimeInformation.OSDescription).Append(", ").Append(RuntimeInformation.OSArchitecture).Append('\n');
        var configuration = blueprint.Configuration;
        foreach (var (tool, binary, arguments) in new[]
        {
            ("terraform", configuration.Terraform.Binary, Terraform.VersionArguments()),
            ("helm", configuration.Helm.Binary, Helm.VersionArguments()),
        })
        {
            var path = Binaries.Locate(binary, configuration.Directory, world.Home, world.Variables);
            var result = await world.Tools.RunAsync(new ToolCall(tool, path, arguments) { Capture = true, KillAfter = TimeSpan.FromSeconds(5) }, ct);
            text.Append('\n').Append(tool).Append(" (").Append(path).Append(")\n")
                .Append(result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span).Trim() : "it could not be run").Append('\n');
        }

        return new PartContent.Text(text.ToString());
    }

    private async Task<PartContent> FileAsync(string name, CancellationToken ct)
    {
        var path = blueprint.PathOf(name);
        return File.Exists(path)
            ? new PartContent.Text(await File.ReadAllTextAsync(path, ct))
            : new PartContent.Missing($"there is no {name} in {blueprint.Configuration.Directory}");
    }
}
