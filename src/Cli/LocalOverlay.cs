using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Tools;

namespace Mayfly.Cli;

/// <summary>What the local cloud tells about itself in its <c>cloud.json</c>.</summary>
internal sealed record CloudDescription
{
    public int Pid { get; init; }
    public string Control { get; init; } = "";
    public string Aws { get; init; } = "";
    public string Region { get; init; } = "";
    public string Account { get; init; } = "";
    public string Authority { get; init; } = "";
    public string Dns { get; init; } = "";
    public string Edge { get; init; } = "";
    public string Charts { get; init; } = "";
    public string Registry { get; init; } = "";
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CloudDescription))]
internal sealed partial class CloudDescriptionJson : JsonSerializerContext;

/// <summary>Makes ordinary configuration of the local cloud's description; the engine does not know that there is such a thing.</summary>
internal static class LocalOverlay
{
    /// <summary>Reads a description.</summary>
    public static CloudDescription Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), CloudDescriptionJson.Default.CloudDescription)!;

    /// <summary>The configuration, pointed at the local cloud.</summary>
    public static MayflyConfiguration Over(MayflyConfiguration configuration, CloudDescription cloud) => configuration with
    {
        Aws = configuration.Aws with { Region = cloud.Region, Account = cloud.Account },
        Cloud = configuration.Cloud with
        {
            AwsEndpoint = cloud.Aws,
            Authority = cloud.Authority,
            Dns = cloud.Dns,
            Charts = cloud.Charts,
            Registry = cloud.Registry,
            PublicPort = int.Parse(cloud.Edge[(cloud.Edge.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture),
        },

        // The local control planes write their last lines within half a second of their end.
        Budget = configuration.Budget with { Settle = TimeSpan.FromSeconds(2) },

        // The providers come from the local mirror, whose checksums are not those of the public registry.
        Terraform = configuration.Terraform with { LockFile = "ignore" },
    };

    /// <summary>Variables with which the tools talk to the local cloud.</summary>
    public static ToolEnvironment Over(ToolEnvironment variables, CloudDescription cloud)
    {
        foreach (var (name, value) in cloud.Environment)
        {
            // AWS's SDK reads its credentials from the process; child tools get the same.
            Environment.SetEnvironmentVariable(name, value);
        }

        // The stand-in for the helm provider runs helm; where PATH has none, it gets the one that was fetched.
        if (variables["MAYFLY_HELM"] is null)
        {
            Environment.SetEnvironmentVariable("MAYFLY_HELM", Binaries.Locate("helm", "", CommandContext.Home, variables));
        }

        return ToolEnvironment.OfThisProcess();
    }
}
