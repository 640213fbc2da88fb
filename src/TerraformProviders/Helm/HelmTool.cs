using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>Runs the helm binary.</summary>
internal static class HelmTool
{
    // Helm takes these from the environment in preference to the kubeconfig that it is given.
    private static readonly string[] Overriding =
    [
        "HELM_KUBEAPISERVER", "HELM_KUBETOKEN", "HELM_KUBECAFILE", "HELM_KUBECONTEXT", "HELM_KUBEASUSER", "HELM_KUBEASGROUPS",
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY", "HELM_KUBETLS_SERVER_NAME", "HELM_NAMESPACE", "KUBECONFIG", "HELM_DEBUG",
    ];

    private static string Binary => Environment.GetEnvironmentVariable("MAYFLY_HELM") is { Length: > 0 } named ? named : "helm";

    /// <summary>Runs a command; null when it went well, else what helm said.</summary>
    /// <param name="arguments">The arguments; nothing secret among them.</param>
    /// <param name="variables">Variables for this command.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="ct">An interrupt, as Ctrl-C is one: helm then records that the operation failed.</param>
    public static async Task<string?> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, string? input, CancellationToken ct)
    {
        try
        {
            var result = await StartAsync(arguments, variables, input, ct);
            return result.ExitCode == 0 ? null : Said(result.StandardError);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What helm had begun is recorded in the cluster; the caller looks.
            return "context canceled";
        }
    }

    /// <summary>Helm's major version: 3 or 4.</summary>
    public static async Task<int> MajorAsync(CancellationToken ct)
    {
        var result = await StartAsync(["version", "--short"], new Dictionary<string, string?>(), null, ct);
        return result.StandardOutput.StartsWith("v4", StringComparison.Ordinal) ? 4 : 3;
    }

    private static async Task<BufferedCommandResult> StartAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, string? input, CancellationToken ct)
    {
        var environment = new Dictionary<string, string?>(variables);
        foreach (var name in Overriding)
        {
            environment.TryAdd(name, null);
        }

        try
        {
            return await Cli.Wrap(Binary).WithArguments(arguments).WithEnvironmentVariables(environment)
                .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, CancellationToken.None, ct);
        }
        catch (Win32Exception)
        {
            throw new ProviderException(
                $"the helm binary \"{Binary}\" cannot be started",
                "The stand-in for hashicorp/helm runs helm itself. Put helm 3 or 4 on the PATH, or name it in the variable MAYFLY_HELM.");
        }
    }

    // "Error: INSTALLATION FAILED: why", perhaps over several lines, after warnings and log lines.
    private static string Said(string errors)
    {
        var lines = errors.Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith("Error: ", StringComparison.Ordinal));
        var text = first < 0 ? errors.Trim() : string.Join('\n', lines[first..])["Error: ".Length..].Trim();
        foreach (var prefix in (string[])["INSTALLATION FAILED: ", "UPGRADE FAILED: "])
        {
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        }

        return text;
    }
}
