using System.Globalization;
using System.Text.Json;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tools;

/// <summary>
/// Reads terraform's machine-readable output line by line: resources that move become events, errors are kept as records. What
/// is no JSON (a warning before the stream starts, a crash report) is kept as text.
/// </summary>
/// <param name="reporter">Where events go.</param>
/// <param name="folder">Where in the repository the root module lies, for the files that terraform names.</param>
public sealed class TerraformStream(StageReporter reporter, string folder = "")
{
    private readonly Lock _gate = new();
    private readonly List<TerraformDiagnostic> _errors = [];
    private readonly List<string> _erroredResources = [];
    private readonly OutputTail _text = new();

    /// <summary>True once a resource was made, changed or destroyed, or terraform began to.</summary>
    public bool Wrote { get; private set; }

    /// <summary>The errors so far.</summary>
    public IReadOnlyList<TerraformDiagnostic> Errors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>What a classifier should read: the lines of failed resources and of errors; plain text when there is neither.</summary>
    public string FailureText
    {
        get
        {
            lock (_gate)
            {
                var lines = _erroredResources.Concat(_errors.Select(e => e.Line)).ToList();
                return string.Join('\n', lines.Count > 0 ? lines : _text.Lines);
            }
        }
    }

    /// <summary>Takes a line of standard output or error.</summary>
    public void OnLine(string line)
    {
        if (line.Length == 0 || line[0] != '{')
        {
            OnText(line);
            return;
        }

        try
        {
            using var message = JsonDocument.Parse(line);
            OnMessage(message.RootElement, line);
        }
        catch (JsonException)
        {
            OnText(line);
        }
    }

    private void OnText(string line)
    {
        _text.Add(line);
        reporter.Line("terraform", line);
    }

    private void OnMessage(JsonElement message, string line)
    {
        switch (message.TryGetProperty("type", out var type) ? type.GetString() : null)
        {
            case "apply_start":
                Wrote |= Action(message) is not ("read" or "no-op");
                OnHook(message, "started");
                break;
            case "apply_progress":
                OnHook(message, "progressed");
                break;
            case "apply_complete":
                OnHook(message, "completed");
                break;
            case "apply_errored":
                OnHook(message, "failed");
                lock (_gate)
                {
                    _erroredResources.Add(line);
                }

                break;
            case "diagnostic":
                OnDiagnostic(TerraformDiagnostic.Read(message, line));
                break;
            case "change_summary":
            case "log":
                reporter.Line("terraform", Message(message));
                break;
        }
    }

    private void OnDiagnostic(TerraformDiagnostic diagnostic)
    {
        reporter.Line("terraform", $"{diagnostic.Severity}: {diagnostic.Summary}");
        if (diagnostic.File is { } file)
        {
            var path = Path.GetFullPath(Path.Combine("/", folder, file))[1..];
            reporter.Run.Report(new Diagnosed(
                reporter.Stage, diagnostic.Severity, path, diagnostic.Lines.First, Math.Max(diagnostic.Lines.First, diagnostic.Lines.Last),
                diagnostic.Summary, diagnostic.Detail));
        }

        if (diagnostic.Severity == "error")
        {
            lock (_gate)
            {
                _errors.Add(diagnostic);
            }
        }
    }

    private void OnHook(JsonElement message, string phase)
    {
        // Data sources are read on every plan; that is no news.
        if (Action(message) == "read" && phase != "failed")
        {
            return;
        }

        var hook = message.GetProperty("hook");
        var address = hook.GetProperty("resource").GetProperty("addr").GetString() ?? "";
        var seconds = hook.TryGetProperty("elapsed_seconds", out var elapsed) ? elapsed.GetDouble() : 0;
        reporter.Resource(address, Action(message), phase, seconds);
    }

    private static string Action(JsonElement message) =>
        message.TryGetProperty("hook", out var hook) && hook.TryGetProperty("action", out var action) ? action.GetString() ?? "" : "";

    private static string Message(JsonElement message) =>
        message.TryGetProperty("@message", out var text) ? text.GetString() ?? "" : message.ToString().ToString(CultureInfo.InvariantCulture);
}
