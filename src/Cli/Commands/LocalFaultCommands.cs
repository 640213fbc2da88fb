using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Mayfly.Cli.Local;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Configuration;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly local fault</c>: makes the local cloud misbehave, on purpose.</summary>
internal static class LocalFaultCommands
{
    private static readonly Option<string?> Service = Text("--service", "The service: ec2, eks, s3, iam, ..., or kubernetes; without it every one.", "NAME");
    private static readonly Option<string?> Action = Text("--action", "The operation, * for any part: DescribeVpcs, Delete*; for kubernetes 'GET /api/*'.", "NAME");
    private static readonly Option<string?> UserAgent = Text("--user-agent", "Who asks, * for any part: 'Helm/*', '*terraform-provider-aws*'; without it everybody.", "NAME");
    private static readonly Option<string?> Code = Text("--code", "The error's code.", "CODE");
    private static readonly Option<string?> Message = Text("--message", "The error's message.", "TEXT");
    private static readonly Option<int?> Times = new("--times") { Description = "How often; without it for ever.", HelpName = "N" };
    private static readonly Option<int?> Seed = new("--seed") { Description = "Makes the draw of --probability repeatable.", HelpName = "N" };
    private static readonly Option<int?> Status = new("--status") { Description = "The HTTP status.", HelpName = "N" };
    private static readonly Option<double?> Probability = new("--probability") { Description = "The part of the requests that is hit, 0 to 1.", HelpName = "P" };
    private static readonly Option<double?> Seconds = new("--seconds") { Description = "For latency and expire: how long.", HelpName = "N" };

    private static readonly Argument<string?> Id = new("id") { Description = "One fault, as 'list' shows it.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly (string Kind, string Description)[] Kinds =
    [
        ("throttle", "Asked too often, in the service's own words."),
        ("server-error", "A 500, or the status given."),
        ("deny", "Access denied."),
        ("error", "Any error: --code, --status, --message."),
        ("latency", "Slow, then answered as ever."),
        ("reset", "The connection is cut and nothing was done."),
        ("lose-answer", "It is done, and the connection is cut before the answer."),
        ("expire", "While it is on, sessions (--service sts) and a cluster's tokens (--service kubernetes) live for --seconds."),
    ];

    public static Command Create()
    {
        var fault = new Command("fault", "Makes it misbehave on purpose.")
        {
            new Command("list", "Shows what is switched on.").WithAction(ListAsync),
            new Command("clear", "Switches faults off: one, or all.") { Id }.WithAction(ClearAsync),
        };
        foreach (var (kind, description) in Kinds)
        {
            fault.Subcommands.Add(new Command(kind, description)
            {
                Service, Action, UserAgent, Times, Probability, Seed, Seconds, Code, Status, Message,
            }.WithAction(context => AddAsync(context, kind)));
        }

        return fault;
    }

    private static async Task<int> AddAsync(CommandContext context, string kind)
    {
        if (context.Call.GetValue(Probability) is <= 0 or > 1)
        {
            throw new InvalidInputException("--probability takes a number above 0, up to 1.");
        }

        if (context.Call.GetValue(Times) is <= 0)
        {
            throw new InvalidInputException("--times takes a number above 0.");
        }

        var (_, control) = await LocalCommands.RunningAsync(context);
        using (control)
        {
            var (status, text) = await control.SendAsync(HttpMethod.Post, "/faults", new JsonObject
            {
                ["kind"] = kind,
                ["service"] = context.Call.GetValue(Service),
                ["action"] = context.Call.GetValue(Action),
                ["userAgent"] = context.Call.GetValue(UserAgent),
                ["times"] = context.Call.GetValue(Times),
                ["probability"] = context.Call.GetValue(Probability),
                ["seed"] = context.Call.GetValue(Seed),
                ["seconds"] = context.Call.GetValue(Seconds),
                ["code"] = context.Call.GetValue(Code),
                ["status"] = context.Call.GetValue(Status),
                ["message"] = context.Call.GetValue(Message),
            }, context.Stop);
            if (status != HttpStatusCode.OK)
            {
                throw new InvalidInputException(text);
            }

            var fault = JsonNode.Parse(text)!;
            context.Words.WriteLine($"{fault["id"]}: {Describe(fault)}");
            Answers.Close(context, "on", result => result["fault"] = fault.DeepClone());
            return ExitCodes.Holds;
        }
    }

    private static async Task<int> ListAsync(CommandContext context)
    {
        var (_, control) = await LocalCommands.RunningAsync(context);
        using (control)
        {
            var faults = (await control.GetAsync("/faults", context.Stop)).AsArray();
            if (context.Output == OutputMode.Text)
            {
                TableView.Write(context.Answer, ["id", "fault", "left"],
                    faults.Select(fault => (string[])[$"{fault!["id"]}", Describe(fault), $"{fault["times"]?.ToString() ?? "for ever"}"]));
            }

            Answers.Close(context, "listed", result => result["faults"] = faults.DeepClone());
            return ExitCodes.Holds;
        }
    }

    private static async Task<int> ClearAsync(CommandContext context)
    {
        var (_, control) = await LocalCommands.RunningAsync(context);
        using (control)
        {
            var id = context.Call.GetValue(Id);
            var (status, _) = await control.SendAsync(HttpMethod.Delete, id is null ? "/faults" : $"/faults/{Uri.EscapeDataString(id)}", null, context.Stop);
            if (status == HttpStatusCode.NotFound)
            {
                throw new InvalidInputException($"There is no fault '{id}'; 'mayfly local fault list' shows what there is.");
            }

            Answers.Close(context, "cleared");
            return ExitCodes.Holds;
        }
    }

    private static string Describe(JsonNode fault)
    {
        var what = $"{fault["kind"]} of {fault["service"]?.ToString() ?? "every service"} {fault["action"]?.ToString() ?? "*"}";
        what = fault["userAgent"] is { } asks ? $"{what} by {asks}" : what;
        return fault["probability"] is { } probability ? $"{what}, {probability} of the requests" : what;
    }

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}
