using System.Diagnostics;
using Mayfly.Bench;
using Spectre.Console;

// Measures the command line as people run it: its start, and a run over an environment that has converged already.
// Usage: dotnet run --project bench -c Release [-- REPOSITORY], and with --resources 5000 for a plan of that many resources,
// with --objects 1000 for one of that many objects in a cluster.
// It starts a local cloud of its own and stops it.
var (big, objects) = (Array.IndexOf(args, "--resources"), Array.IndexOf(args, "--objects"));
var repository = args.Length > 0 && big != 0 && objects != 0 ? args[0] : Directory.GetCurrentDirectory();
var mayfly = Path.Combine(repository, "artifacts", "publish", "mayfly");
if (!File.Exists(mayfly))
{
    AnsiConsole.MarkupLine("[red]There is no build to measure.[/] Run ./mayfly --version first.");
    return 2;
}

if (big >= 0)
{
    using var folder = new TemporaryFolder();
    return await BigPlan.RunAsync(mayfly, folder.Path, int.Parse(args[big + 1], System.Globalization.CultureInfo.InvariantCulture));
}

if (objects >= 0)
{
    using var folder = new TemporaryFolder();
    return await BigCluster.RunAsync(mayfly, folder.Path, int.Parse(args[objects + 1], System.Globalization.CultureInfo.InvariantCulture));
}

var table = new Table().AddColumn("what").AddColumn("measured").AddColumn("wanted");
var version = await Measure.StartAsync(mayfly, "--version");
table.AddRow("mayfly --version", $"{version.TotalMilliseconds:0} ms", "< 150 ms");
var help = await Measure.StartAsync(mayfly, "--help");
table.AddRow("mayfly --help", $"{help.TotalMilliseconds:0} ms", "< 150 ms");

// The cloud is the benchmark's own, so that one that runs already is neither measured nor disturbed.
using var work = new TemporaryFolder();
Measure.OwnHome(work.Path);
var shims = await ToolShims.CreateAsync(work.Path);
var first = await Measure.UpAsync(mayfly, repository, shims);
table.AddRow("up, empty cloud", $"{first.Wall.TotalSeconds:0.0} s, of which terraform and helm {first.Tools.TotalSeconds:0.0} s", "");
var again = await Measure.UpAsync(mayfly, repository, shims);
table.AddRow("up, converged", $"{again.Wall.TotalSeconds:0.0} s, of which terraform and helm {again.Tools.TotalSeconds:0.0} s", "");
table.AddRow("up, converged, own time", $"{(again.Wall - again.Tools).TotalSeconds:0.00} s", "< 2 s");
table.AddRow("up, converged, own memory", $"{again.PeakBytes / 1e6:0} MB", "< 250 MB");
var down = await Measure.RunAsync(mayfly, repository, shims, "down");
table.AddRow("down", $"{down.Wall.TotalSeconds:0.0} s, of which terraform and helm {down.Tools.TotalSeconds:0.0} s", "");
await Measure.StopAsync(mayfly, repository);
AnsiConsole.Write(table);
return again.ExitCode;
