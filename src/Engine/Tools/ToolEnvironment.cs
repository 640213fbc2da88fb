using System.Collections;

namespace Mayfly.Engine.Tools;

/// <summary>The variables this process was started with: read once, at the edge, so that nothing below depends on the process.</summary>
public sealed record ToolEnvironment(IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>This process's own variables.</summary>
    public static ToolEnvironment OfThisProcess() => new(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal));

    /// <summary>A variable's value; null when it is unset or empty.</summary>
    public string? this[string name] => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
