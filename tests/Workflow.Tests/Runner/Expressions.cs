using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>How a job goes so far; what success(), failure() and cancelled() ask for.</summary>
internal enum JobStatus
{
    Success,
    Failure,
    Cancelled,
}

/// <summary>GitHub's expressions, evaluated by GitHub's own code in a process that answers line by line.</summary>
internal sealed class Expressions : IAsyncDisposable
{
    private readonly Process _node = Process.Start(new ProcessStartInfo("node", [WorkflowTools.PathOf("expressions.mjs")])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>A text with its expressions replaced; a text that is one expression keeps that one's type.</summary>
    public Task<JsonNode?> ValueAsync(string text, JsonObject contexts, JobStatus status) =>
        text.Contains("${{", StringComparison.Ordinal) ? AskAsync(text, contexts, status, condition: false) : Task.FromResult<JsonNode?>(JsonValue.Create(text));

    /// <summary>An <c>if</c>; none is success().</summary>
    public async Task<bool> HoldsAsync(JsonNode? condition, JsonObject contexts, JobStatus status) =>
        (await AskAsync(condition?.ToString() ?? "success()", contexts, status, condition: true))!.GetValue<bool>();

    /// <summary>Every text in a tree evaluated.</summary>
    public async Task<JsonNode?> TreeAsync(JsonNode? node, JsonObject contexts, JobStatus status)
    {
        switch (node)
        {
            case JsonObject map:
                var read = new JsonObject();
                foreach (var (name, value) in map)
                {
                    read[name] = (await TreeAsync(value, contexts, status))?.DeepClone();
                }

                return read;
            case JsonValue value when value.TryGetValue<string>(out var text):
                return await ValueAsync(text, contexts, status);
            default:
                return node?.DeepClone();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    private async Task<JsonNode?> AskAsync(string text, JsonObject contexts, JobStatus status, bool condition)
    {
        await _one.WaitAsync();
        try
        {
            await _node.StandardInput.WriteLineAsync(new JsonObject
            {
                ["text"] = text,
                ["contexts"] = contexts.DeepClone(),
                ["status"] = status.ToString().ToLowerInvariant(),
                ["condition"] = condition,
            }.ToJsonString());
            await _node.StandardInput.FlushAsync();
            var answer = JsonNode.Parse((await _node.StandardOutput.ReadLineAsync())!)!;
            return answer["error"] is { } error ? throw new InvalidDataException($"{text}: {error}") : answer["value"]?.DeepClone();
        }
        finally
        {
            _one.Release();
        }
    }
}
