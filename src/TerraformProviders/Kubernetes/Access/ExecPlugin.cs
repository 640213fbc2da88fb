using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;
using YamlDotNet.RepresentationModel;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>What an exec plugin printed.</summary>
/// <param name="Token">A bearer token.</param>
/// <param name="ClientCertificatePem">A client certificate (PEM).</param>
/// <param name="ClientKeyPem">Its key (PEM).</param>
/// <param name="Until">When it runs out; null: not by itself.</param>
internal sealed record ExecLogin(string? Token, string? ClientCertificatePem, string? ClientKeyPem, DateTimeOffset? Until);

/// <summary>A program that prints a credential (<c>aws eks get-token</c>).</summary>
internal sealed record ExecPlugin(string ApiVersion, string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Variables)
{
    /// <summary>Of a provider's <c>exec</c> block.</summary>
    public static ExecPlugin From(TfObject block) => new(
        block.Required("api_version"), block.Required("command"), block.Strings("args"),
        block.Map("env").ToDictionary(entry => entry.Key, string? (entry) => entry.Value));

    /// <summary>Of a kubeconfig's <c>exec</c> entry.</summary>
    public static ExecPlugin From(YamlMappingNode node)
    {
        var arguments = node.Children.TryGetValue("args", out var args) && args is YamlSequenceNode list ? list.OfType<YamlScalarNode>() : [];
        var variables = node.Children.TryGetValue("env", out var env) && env is YamlSequenceNode entries ? entries.OfType<YamlMappingNode>() : [];
        return new(
            Kubeconfig.Text(node, "apiVersion") ?? "client.authentication.k8s.io/v1",
            Kubeconfig.Text(node, "command") ?? "",
            [.. arguments.Select(argument => argument.Value ?? "")],
            variables.ToDictionary(entry => Kubeconfig.Text(entry, "name") ?? "", entry => Kubeconfig.Text(entry, "value")));
    }

    /// <summary>As a kubeconfig's <c>exec</c> entry.</summary>
    public JsonObject ToKubeconfig() => new()
    {
        ["apiVersion"] = ApiVersion,
        ["command"] = Command,
        ["args"] = new JsonArray([.. Arguments.Select(argument => (JsonNode)argument)]),
        ["env"] = new JsonArray([.. Variables.Select(variable => (JsonNode)new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
        ["interactiveMode"] = "Never",
    };

    /// <summary>Runs it.</summary>
    public async Task<ExecLogin> RunAsync(CancellationToken ct)
    {
        var variables = new Dictionary<string, string?>(Variables)
        {
            ["KUBERNETES_EXEC_INFO"] = new JsonObject
            {
                ["kind"] = "ExecCredential",
                ["apiVersion"] = ApiVersion,
                ["spec"] = new JsonObject { ["interactive"] = false },
            }.ToJsonString(),
        };
        BufferedCommandResult result;
        try
        {
            result = await Cli.Wrap(Command).WithArguments(Arguments).WithEnvironmentVariables(variables)
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(ct);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Failed($"executable {Command} not found");
        }

        if (result.ExitCode != 0)
        {
            throw Failed($"executable {Command} failed with exit code {result.ExitCode}");
        }

        try
        {
            using var credential = JsonDocument.Parse(result.StandardOutput);
            var status = credential.RootElement.GetProperty("status");
            DateTimeOffset? until = Text(status, "expirationTimestamp") is { } time
                ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null;
            return new ExecLogin(Text(status, "token"), Text(status, "clientCertificateData"), Text(status, "clientKeyData"), until);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Failed($"decoding stdout of {Command}: it is no ExecCredential");
        }
    }

    private static string? Text(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ProviderException Failed(string why) => new($"getting credentials: exec: {why}");
}
