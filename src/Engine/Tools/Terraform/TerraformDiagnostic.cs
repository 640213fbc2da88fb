using System.Text.Json;

namespace Mayfly.Engine.Tools;

/// <summary>An error or warning of terraform's JSON output, with the line it came in.</summary>
public sealed record TerraformDiagnostic(string Severity, string Summary, string Detail, string? Address, string Line)
{
    /// <summary>Reads the <c>diagnostic</c> object of a message.</summary>
    internal static TerraformDiagnostic Read(JsonElement message, string line)
    {
        var diagnostic = message.GetProperty("diagnostic");
        return new TerraformDiagnostic(
            Text(diagnostic, "severity") ?? "error",
            Text(diagnostic, "summary") ?? "",
            Text(diagnostic, "detail") ?? "",
            Text(diagnostic, "address"),
            line);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
