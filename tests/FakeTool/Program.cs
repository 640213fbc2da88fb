using System.Runtime.InteropServices;
using Mayfly.FakeTool;

// Plays terraform or helm from the file that FAKE_TOOL_SCENARIO names, and notes each call in FAKE_TOOL_LOG.
var scenario = Scenario.Read(Environment.GetEnvironmentVariable("FAKE_TOOL_SCENARIO")!);
if (Environment.GetEnvironmentVariable("FAKE_TOOL_LOG") is { Length: > 0 } log)
{
    File.AppendAllText(log, string.Join('\t', args) + "\n");
}

if (scenario.Find(args) is not { } act)
{
    Console.Error.WriteLine($"the scenario has no act for: {string.Join(' ', args)}");
    return 99;
}

using var interrupted = new ManualResetEventSlim();
using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    interrupted.Set();
});

foreach (var line in act.Out)
{
    Console.WriteLine(line);
}

foreach (var line in act.Err)
{
    Console.Error.WriteLine(line);
}

if (act.UntilInterrupted is { } last)
{
    interrupted.Wait();
    foreach (var line in last)
    {
        Console.WriteLine(line);
    }
}

return act.Exit;
