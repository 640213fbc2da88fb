using System.Text.Json;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

public sealed partial class Terraform
{
    public static IReadOnlyList<string> VersionArguments() => ["version", "-json"];

    /// <summary>The binary's version; a failure that a user must mend when there is none or it is older than wanted.</summary>
    public async Task<Outcome<string>> VersionAsync(string minimum, CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(VersionArguments()) with { Capture = true, KillAfter = TimeSpan.FromSeconds(5) }, ct);
        if (result.ExitCode != 0)
        {
            return Unusable($"{binary} could not be run", $"Install terraform {minimum} or newer, or set terraform.binary.", result.Tail);
        }

        var version = ReadVersion(result.Output);
        return version is not null && IsAtLeast(version, minimum)
            ? version
            : Unusable(
                $"{binary} is version {version ?? "unknown"}, and {minimum} is the oldest that Mayfly works with",
                $"Install terraform {minimum} or newer, or set terraform.binary.", []);
    }

    /// <summary>Compares the numbers of two versions; a pre-release counts as its release.</summary>
    public static bool IsAtLeast(string version, string minimum) =>
        Version.TryParse(Numbers(version), out var have) && Version.TryParse(Numbers(minimum), out var want) && have >= want;

    private static string Numbers(string version) => version.TrimStart('v').Split('-', '+')[0];

    private static string? ReadVersion(ReadOnlyMemory<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            return document.RootElement.GetProperty("terraform_version").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Failure Unusable(string summary, string next, IReadOnlyList<string> evidence) =>
        Failure.Of("terraform-unusable", "config_invalid", Disposition.FailPermanentUser, summary, next) with
        {
            Tool = "terraform",
            Evidence = evidence,
        };
}
