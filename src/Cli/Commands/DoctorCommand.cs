using System.CommandLine;
using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly doctor</c>: checks tools, configuration, credentials and permissions, and says how to get what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        new Command("doctor", "Checks tools, credentials and permissions.").WithAction(async context =>
        {
            var findings = new List<DoctorFinding>();
            await foreach (var finding in new Doctor(context).ExamineAsync())
            {
                findings.Add(finding);
            }

            if (context.Output == OutputMode.Text)
            {
                TableView.Write(
                    context.Answer,
                    ["check", "", "found", "what to do"],
                    findings.Select(finding => (string[])[finding.Check, finding.Holds ? "ok" : "missing", finding.Found, finding.Next]));
            }

            var holds = findings.All(finding => finding.Holds);
            Answers.Close(context, holds ? "healthy" : "unhealthy", result => result["checks"] = new JsonArray([.. findings.Select(finding =>
                (JsonNode)new JsonObject
                {
                    ["check"] = finding.Check,
                    ["holds"] = finding.Holds,
                    ["found"] = finding.Found,
                    ["next"] = finding.Next,
                })]));
            return holds ? ExitCodes.Holds : ExitCodes.NeedsPerson;
        });
}
