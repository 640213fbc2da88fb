using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

public sealed partial class Terraform
{
    // The formatter is the one subcommand that reads a configuration without providers, modules or a backend.
    public static IReadOnlyList<string> ParseArguments() => ["fmt", "-no-color", "-recursive", "-write=false", "-list=false"];

    /// <summary>Whether the configuration can be read at all; a failure that a user must mend when it cannot.</summary>
    public async Task<Failure?> ParseAsync(CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(ParseArguments()), ct);
        return result.ExitCode == 0 ? null : Failure.Of("terraform-does-not-parse", "config_invalid", Disposition.FailPermanentUser,
            $"the terraform root '{root.Name}' cannot be read: {result.Tail.FirstOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? "see the evidence"}",
            "Correct the configuration; terraform fmt names file and line.") with
        {
            Tool = "terraform",
            Evidence = [.. result.Tail.Where(line => line.Trim().Length > 0)],
        };
    }
}
