using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>The reference repository on a local cloud, which the workflow takes for AWS.</summary>
internal static class LocalStack
{
    /// <summary>Writes what <c>--local</c> lays over a configuration into it: the workflow does not know that its cloud is a local one.</summary>
    public static void Write(Repository stack, JsonElement cloud)
    {
        string Of(string name) => cloud.GetProperty(name).GetString()!;

        // Without a lock object the state is all that terraform writes to the bucket.
        stack.Change("mayfly.yaml", "state:\n", "state:\n  use_lockfile: false\n");
        stack.Change("mayfly.yaml", "terraform:\n  layers:", "terraform:\n  lock_file: ignore\n  layers:");
        File.AppendAllText(stack.PathOf("mayfly.yaml"), $"""

            budget:
              settle: 2s
            cloud:
              aws_endpoint: {Of("aws")}
              authority: {Of("authority")}
              dns: {Of("dns")}
              charts: {Of("charts")}
              registry: {Of("registry")}
              public_port: {Of("edge").Split(':')[^1]}
            """);
    }
}
