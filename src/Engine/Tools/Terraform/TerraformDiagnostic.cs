using System.Text.Json;

namespace Mayfly.Engine.Tools;

/// <summary>An error or warning of terraform's JSON output, with the line it came in.</summary>
public sealed record TerraformDiagnostic(string Severity, string Summary, string Detail, string? Address, string Line)
{
    /// <summary>The file that it is about, relative to where terraform ran; null when it is about none.</summary>
    public string? File { get; private init; }

    /// <summary>Its first and its last line in the file.</summary>
    public (int First, int Last) Lines { get; private init; }

    /// <summary>Reads the <c>diagnostic</c> object of a message.</summary>
    internal static TerraformDiagnostic Read(JsonElement message, string line)
    {
        var diagnostic = message.GetProperty("diagnostic");
        return new TerraformDiagnostic(
            Text(diagnostic, "severity") ?? "error",
            Text(diagnostic, "summary") ?? "",
            Text(diagnostic, "detail") ?? "",
            Text(diagnostic, "address"),
            line)
        {
            File = diagnostic.TryGetProperty("range", out var range) && range.ValueKind is JsonValueKind.Object ? Text(range, "filename") : null,
            Lines = (LineOf(range, "start"), LineOf(range, "end")),
        };
    }

    private static int LineOf(JsonElement range, string name) =>
        range.ValueKind is JsonValueKind.Object && range.TryGetProperty(name, out var place) && place.ValueKind is JsonValueKind.Object
            && place.TryGetProperty("line", out var line) && line.TryGetInt32(out var number) ? Math.Max(1, number) : 1;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
