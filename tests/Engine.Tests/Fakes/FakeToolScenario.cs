using System.Text.Json;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Fakes;

/// <summary>A scenario for the fake tool: real processes, answers from a file.</summary>
internal sealed class FakeToolScenario(TestFolder folder)
{
    private readonly List<object> _acts = [];

    public static string Binary { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "fake-tool.exe" : "fake-tool");

    public string LogFile => Path.Combine(folder.Path, "calls.log");

    public IReadOnlyList<string> Calls => File.Exists(LogFile) ? File.ReadAllLines(LogFile) : [];

    public FakeToolScenario On(string[] when, string[]? @out = null, string[]? err = null, int exit = 0, string[]? untilInterrupted = null)
    {
        _acts.Add(new { when, @out = @out ?? [], err = err ?? [], exit, untilInterrupted });
        return this;
    }

    public Dictionary<string, string?> Environment()
    {
        var file = Path.Combine(folder.Path, "scenario.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new { acts = _acts }));
        return new Dictionary<string, string?> { ["FAKE_TOOL_SCENARIO"] = file, ["FAKE_TOOL_LOG"] = LogFile };
    }

    public ToolCall Call(params string[] arguments) => new("fake", Binary, arguments) { Environment = Environment() };
}
