using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Events;

/// <summary>The object that closes a run's stream of JSON lines.</summary>
public static class RunResult
{
    // Output goes to terminals and files, never into HTML; people shall be able to read umlauts and quotes.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The result of a run, one line.</summary>
    public static string Line(RunSnapshot run) => new JsonObject
    {
        ["type"] = "result",
        ["environment"] = run.Environment.Length == 0 ? null : run.Environment,
        ["outcome"] = run.Outcome ?? "interrupted",
        ["url"] = run.Url,
        ["commit"] = run.Commit,
        ["changed"] = run.Changed,
        ["stages"] = new JsonArray([.. run.Stages.Select(Stage)]),
        ["adopted"] = Texts(run.Adopted.Select(adopted => adopted.Address)),
        ["pruned"] = Texts(run.Pruned.Select(pruned => pruned.Address)),
        ["failure"] = run.Failure is null ? null : Describe(run.Failure, run.FailedStage),
    }.ToJsonString(Readable);

    /// <summary>A failure as the result object shows it.</summary>
    public static JsonObject Describe(Failure failure, string? stage) => new()
    {
        ["class"] = failure.Class,
        ["disposition"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Disposition.ToString()),
        ["stage"] = stage,
        ["summary"] = failure.Summary,
        ["evidence"] = Texts(failure.Evidence),
        ["tried"] = Texts(failure.Tried),
        ["next"] = Texts(failure.Next),
    };

    /// <summary>An object as one line.</summary>
    public static string Line(JsonObject result) => result.ToJsonString(Readable);

    private static JsonObject Stage(StageSnapshot stage) => new()
    {
        ["name"] = stage.Name,
        ["outcome"] = stage.State is StageState.Running or StageState.Waiting ? "interrupted" : stage.State.ToString().ToLowerInvariant(),
        ["seconds"] = Math.Round(stage.Seconds, 1),
        ["attempts"] = stage.Attempts,
        ["remedies"] = Texts(stage.Remedies),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
