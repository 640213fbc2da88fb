using System.Text.Json;

namespace Mayfly.Engine.Tools;

public sealed partial class Terraform
{
    public static IReadOnlyList<string> OutputArguments() => ["output", "-json", "-no-color"];

    /// <summary>The root's outputs by name; values stay JSON, since they may be of any type.</summary>
    public async Task<Outcome<Dictionary<string, JsonElement>>> OutputAsync(CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(OutputArguments()) with { Capture = true }, ct);
        if (result.ExitCode != 0)
        {
            return Classify(result.TailText);
        }

        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.EnumerateObject()
            .ToDictionary(output => output.Name, output => output.Value.GetProperty("value").Clone(), StringComparer.Ordinal);
    }
}
