using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mayfly.Cli.Local;
using Mayfly.Cli.Rendering;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly local start / stop / status / env / fault</c>: the local cloud.</summary>
internal static class LocalCommands
{
    private static readonly Option<string[]> Zones = new("--zone")
    {
        Description = "A DNS zone that Route 53 has from the start, with a certificate for *.ZONE; may be repeated.",
        HelpName = "ZONE",
    };

    private static readonly Option<string[]> Buckets = new("--bucket")
    {
        Description = "An S3 bucket that is there from the start; may be repeated.",
        HelpName = "BUCKET",
    };

    public static Command Create() => new("local", "The local cloud: AWS, Kubernetes, DNS and HTTPS on this machine.")
    {
        new Command("start", "Starts it in the background.") { Zones, Buckets }.WithAction(StartAsync),
        new Command("stop", "Stops it; everything in it is gone.").WithAction(StopAsync),
        new Command("status", "Shows what runs in it.").WithAction(StatusAsync),
        new Command("env", "Prints the variables with which aws, kubectl, helm and terraform talk to it.").WithAction(EnvironmentAsync),
        LocalFaultCommands.Create(),
    };

    /// <summary>The running cloud's control; it must run.</summary>
    public static async Task<(CloudDescription Cloud, LocalCloudControl Control)> RunningAsync(CommandContext context) =>
        await LocalCloudFolder.LivingAsync(context.Stop) is { } cloud
            ? (cloud, new LocalCloudControl(cloud.Control))
            : throw new LocalCloudException("The local cloud does not run.", [], ["Start it with 'mayfly local start'."]);

    private static async Task<int> StartAsync(CommandContext context)
    {
        var cloud = await LocalCloudProcess.EnsureStartedAsync(
            context.Call.GetValue(Zones) ?? [], context.Call.GetValue(Buckets) ?? [], context.Words, context.Clock, context.Stop);
        if (context.Output == OutputMode.Text)
        {
            TableView.Write(context.Answer, ["", ""],
            [
                ["AWS", cloud.Aws], ["HTTPS", cloud.Edge], ["DNS", cloud.Dns], ["authority", cloud.Authority], ["log", LocalCloudFolder.Log],
            ]);
        }

        Answers.Close(context, "running", result =>
        {
            result["pid"] = cloud.Pid;
            result["aws"] = cloud.Aws;
            result["edge"] = cloud.Edge;
            result["dns"] = cloud.Dns;
            result["authority"] = cloud.Authority;
        });
        return ExitCodes.Holds;
    }

    private static async Task<int> StopAsync(CommandContext context)
    {
        var ran = await LocalCloudProcess.StopAsync(context.Clock, context.Stop);
        context.Words.WriteLine(ran ? "the local cloud is stopped" : "the local cloud did not run");
        Answers.Close(context, "stopped", result => result["changed"] = ran);
        return ExitCodes.Holds;
    }

    private static async Task<int> StatusAsync(CommandContext context)
    {
        var (_, control) = await RunningAsync(context);
        using (control)
        {
            var status = (JsonObject)await control.GetAsync("/status", context.Stop);
            if (context.Output == OutputMode.Text)
            {
                Show(context, status);
            }

            Answers.Close(context, "running", result => result["status"] = status.DeepClone());
            return ExitCodes.Holds;
        }
    }

    private static void Show(CommandContext context, JsonObject status)
    {
        var up = context.Clock.GetUtcNow() - status["started"]!.GetValue<DateTimeOffset>();
        var memory = status["memoryBytes"]!.GetValue<long>() / 1024 / 1024;
        TableView.Write(context.Answer, ["", ""],
        [
            ["process", $"{status["pid"]}, up {up:d\\.hh\\:mm\\:ss}, {memory} MB; moto {status["moto"]}"],
            ["AWS", $"{status["aws"]}, {status["awsRequests"]} requests"],
            ["HTTPS", $"{status["edge"]}"],
            ["DNS", $"{status["dns"]}, zones: {string.Join(", ", status["zones"]!.AsArray())}"],
            ["faults", status["faults"]!.GetValue<int>() == 0 ? "none" : $"{status["faults"]}, see 'mayfly local fault list'"],
        ]);
        TableView.Write(context.Answer, ["cluster", "status", "endpoint", "nodes"], status["clusters"]!.AsArray().Select(cluster =>
            (string[])[$"{cluster!["name"]}", $"{cluster["status"]}", $"{cluster["endpoint"]}", $"{cluster["nodes"]}"]));
    }

    private static async Task<int> EnvironmentAsync(CommandContext context)
    {
        var (running, control) = await RunningAsync(context);
        control.Dispose();
        var cloud = FetchedTools.AddTo(running);
        if (context.Output == OutputMode.Text)
        {
            // A profile or a session of a real account must not mix with the keys below.
            context.Answer.WriteLine("unset AWS_PROFILE AWS_SESSION_TOKEN");
            foreach (var folder in new[] { FetchedTools.Folder, CommandLine.Folder }.OfType<string>())
            {
                context.Answer.WriteLine($"export PATH=\"$PATH:{folder}\"");
            }

            foreach (var (name, value) in cloud.Environment)
            {
                context.Answer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"export {name}='{value.Replace("'", "'\\''")}'"));
            }
        }

        Answers.Close(context, "running", result => result["environment"] =
            new JsonObject(cloud.Environment.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))));
        return ExitCodes.Holds;
    }
}
