using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine;

namespace Mayfly.Cli.Commands;

/// <summary>
/// <c>mayfly token</c>: a login to a cluster, in the form in which Kubernetes' clients ask a program for one
/// (client.authentication.k8s.io). Terraform's providers call it, as often as a login runs out; people have no use for it.
/// </summary>
internal static class TokenCommand
{
    private const string Version = "client.authentication.k8s.io/v1";

    private static readonly Option<string> Cluster = new("--cluster") { Description = "The EKS cluster.", HelpName = "NAME", Required = true };
    private static readonly Option<string?> Region = new("--region") { Description = "Its region.", HelpName = "REGION" };

    public static Command Create()
    {
        var command = new Command("token", "Prints a login to a cluster, for programs.") { Cluster, Region };
        command.Hidden = true;
        return command.WithAction(RunAsync);
    }

    private static async Task<int> RunAsync(CommandContext context)
    {
        var session = new AwsSession(new AwsSessionOptions { Region = context.Call.GetValue(Region), Clock = context.Clock });
        EksLogin login;
        try
        {
            login = await EksToken.CreateAsync(session, context.Call.GetValue(Cluster)!, context.Stop);
        }
        catch (AwsException e) when (OutsideWorld.Classify(e) is { } failure)
        {
            Answers.Fail(context, failure);
            return ExitCodes.NeedsPerson;
        }

        await context.Answer.WriteLineAsync(new JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = Asked(Environment.GetEnvironmentVariable("KUBERNETES_EXEC_INFO")) ?? Version,
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["expirationTimestamp"] = login.Until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["token"] = login.Token,
            },
        }.ToJsonString());
        return ExitCodes.Holds;
    }

    // A client refuses an answer of another version than the one it asked for.
    private static string? Asked(string? info)
    {
        try
        {
            return (string?)JsonNode.Parse(info ?? "{}")?["apiVersion"];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
