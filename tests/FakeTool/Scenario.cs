using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mayfly.FakeTool;

/// <summary>What the tool plays: the first act whose words open the arguments.</summary>
public sealed record Scenario(IReadOnlyList<Act> Acts)
{
    public static Scenario Read(string file) => JsonSerializer.Deserialize(File.ReadAllText(file), ScenarioJson.Default.Scenario)!;

    public Act? Find(IReadOnlyList<string> arguments) =>
        Acts.FirstOrDefault(act => act.When.Count <= arguments.Count && act.When.SequenceEqual(arguments.Take(act.When.Count)));
}

/// <summary>One answer.</summary>
public sealed record Act
{
    /// <summary>The first arguments it answers to; none: any.</summary>
    public IReadOnlyList<string> When { get; init; } = [];
    public IReadOnlyList<string> Out { get; init; } = [];
    public IReadOnlyList<string> Err { get; init; } = [];
    public int Exit { get; init; }

    /// <summary>Goes on until it is interrupted, then plays these lines and ends with <see cref="Exit"/>.</summary>
    public IReadOnlyList<string>? UntilInterrupted { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Scenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
