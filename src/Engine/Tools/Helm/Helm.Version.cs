using System.Text;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

public sealed partial class Helm
{
    /// <summary>Labels of releases came with 3.13; hiding notes with 3.16.</summary>
    public const string MinVersion = "3.16.0";

    public static IReadOnlyList<string> VersionArguments() => ["version", "--template", "{{.Version}}"];

    /// <summary>The binary's version; a failure that a user must mend when there is none, or it is too old.</summary>
    public async Task<Outcome<string>> VersionAsync(CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(VersionArguments()) with { Capture = true }, ct);
        var version = result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span).Trim() : null;
        return version is not null && Terraform.IsAtLeast(version, MinVersion)
            ? version
            : Failure.Of("helm-unusable", "config_invalid", Disposition.FailPermanentUser,
                version is null ? $"{binary} could not be run" : $"{binary} is version {version}, and {MinVersion} is the oldest that Mayfly works with",
                $"Install helm {MinVersion} or newer, or set helm.binary.") with
            {
                Tool = "helm",
                Evidence = result.Tail,
            };
    }
}
