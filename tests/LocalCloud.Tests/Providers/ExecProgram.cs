using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>A program that prints a login to a cluster, and counts how often it was asked.</summary>
internal sealed class ExecProgram : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("exec-");
    private readonly ClusterFixture cluster;

    public ExecProgram(ClusterFixture cluster)
    {
        this.cluster = cluster;
        File.WriteAllText(At("login"), $"#!/bin/sh\necho call >> '{At("calls")}'\ncat '{At("credential")}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At("login"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>How often it was asked.</summary>
    public int Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")).Length : 0;

    /// <summary>As the plugin itself.</summary>
    public ExecPlugin Plugin => new("client.authentication.k8s.io/v1", At("login"), [], new Dictionary<string, string?>());

    /// <summary>The arguments of a provider block, without a token.</summary>
    public string Block => string.Join('\n', cluster.Arguments.Split('\n').Select(line =>
        line.TrimStart().StartsWith("token ", StringComparison.Ordinal)
            ? $"exec {{\n api_version = \"client.authentication.k8s.io/v1\"\n command = \"{At("login")}\"\n }}"
            : line));

    /// <summary>The same for hashicorp/helm, whose arguments are one object.</summary>
    public string Object => Block.Replace("exec {", "exec = {", StringComparison.Ordinal);

    /// <summary>What it prints from now on.</summary>
    public void Print(string token, DateTimeOffset? until)
    {
        var status = new JsonObject { ["token"] = token };
        if (until is { } end)
        {
            status["expirationTimestamp"] = end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        File.WriteAllText(At("credential"), new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = status,
        }.ToJsonString());
    }

    /// <summary>A kubeconfig that names it.</summary>
    public string WriteKubeconfig()
    {
        File.WriteAllText(At("kubeconfig"), new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "a",
            ["clusters"] = new JsonArray(new JsonObject
            {
                ["name"] = "a",
                ["cluster"] = new JsonObject
                {
                    ["server"] = cluster.Server.Endpoint.ToString().TrimEnd('/'),
                    ["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(cluster.Server.AuthorityPem)),
                },
            }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "a", ["user"] = new JsonObject { ["exec"] = Plugin.ToKubeconfig() } }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "a", ["context"] = new JsonObject { ["cluster"] = "a", ["user"] = "a" } }),
        }.ToJsonString());
        return At("kubeconfig");
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(folder.FullName, name);
}
