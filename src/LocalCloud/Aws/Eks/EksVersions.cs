using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>The Kubernetes versions on offer.</summary>
internal static class EksVersions
{
    public static JsonObject Describe(string current)
    {
        var minor = int.Parse(current.Split('.')[1], CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["clusterVersions"] = new JsonArray([.. Enumerable.Range(minor - 2, 4).Reverse().Select(number => new JsonObject
            {
                ["clusterVersion"] = $"1.{number}",
                ["clusterType"] = "eks",
                ["defaultPlatformVersion"] = "eks.1",
                ["defaultVersion"] = number == minor,
                ["status"] = "standard-support",
                ["versionStatus"] = "STANDARD_SUPPORT",
                ["kubernetesPatchVersion"] = $"1.{number}.0",
            })]),
        };
    }
}
