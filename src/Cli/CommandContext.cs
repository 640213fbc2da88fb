using System.CommandLine;
using Mayfly.Cli.Commands;
using Mayfly.Cli.Local;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tools;

namespace Mayfly.Cli;

/// <summary>What a command works with: the call, the configuration, the environment meant, where answers go, and when to stop.</summary>
internal sealed class CommandContext(ParseResult call, TextWriter output, TextWriter error, CancellationToken stop)
{
    private MayflyConfiguration? _configuration;

    /// <summary>The call, for a command's own options.</summary>
    public ParseResult Call => call;

    /// <summary>Cancelled by the first interrupt.</summary>
    public CancellationToken Stop => stop;

    /// <summary>For whom the answer is.</summary>
    public OutputMode Output { get; } = call.GetValue(GlobalOptions.Output) == "json" ? OutputMode.Json : OutputMode.Text;

    /// <summary>Whether to show what tools print.</summary>
    public bool Verbose { get; } = call.GetValue(GlobalOptions.Verbose);

    /// <summary>Whether to work on the local cloud.</summary>
    public bool IsLocal { get; } = call.GetValue(GlobalOptions.Local);

    /// <summary>Standard output: the answer.</summary>
    public TextWriter Answer => output;

    /// <summary>Words for people: standard output, or standard error when that carries JSON.</summary>
    public TextWriter Words => Output == OutputMode.Json ? error : output;

    /// <summary>Standard error.</summary>
    public TextWriter Error => error;

    /// <summary>Knows every secret value that this run read.</summary>
    public Redactor Redactor { get; } = new()
    {
        Learned = WorkflowMasks.For(call.GetValue(GlobalOptions.Output) == "json" ? error : output, Environment.GetEnvironmentVariable),
    };

    /// <summary>The clock that this process goes by.</summary>
    public static TimeProvider ProcessClock { get; set; } = TimeProvider.System;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; } = ProcessClock;

    /// <summary>Mayfly's own folder on this machine.</summary>
    public static string Home { get; } = Path.GetFullPath(Environment.GetEnvironmentVariable("MAYFLY_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly"));

    /// <summary>The variables of this process, with those of the local cloud when it is used.</summary>
    public ToolEnvironment Variables { get; private set; } = ToolEnvironment.OfThisProcess();

    /// <summary>Where the configuration lies: as <c>--config</c> says, else the nearest one from here upwards.</summary>
    public string ConfigurationPath { get; } = call.GetValue(GlobalOptions.Config) ?? FindConfiguration();

    /// <summary>The checked configuration; with <c>--local</c> the local cloud runs afterwards and is laid over it.</summary>
    /// <exception cref="InvalidInputException">It has problems; they are all listed.</exception>
    public async Task<MayflyConfiguration> ConfigurationAsync()
    {
        if (_configuration is null)
        {
            var configuration = ConfigurationLoader.Load(ConfigurationPath);
            if (IsLocal)
            {
                var cloud = await LocalCloudProcess.EnsureStartedAsync(
                    [configuration.Environment.Zone], configuration.State.Bucket is { } bucket ? [bucket] : [], Words, Clock, stop);
                configuration = LocalOverlay.Over(configuration, cloud);
                Variables = LocalOverlay.Over(Variables, cloud);
            }

            _configuration = configuration;
        }

        return _configuration;
    }

    /// <summary>The environment that the call is about.</summary>
    /// <exception cref="InvalidInputException">The call does not say it, or says what cannot be.</exception>
    public async Task<EnvironmentIdentity> EnvironmentAsync(bool needsBranch = true)
    {
        var requested = RequestedPullRequest.From(
            call.GetValue(EnvironmentOptions.PullRequest),
            call.GetValue(EnvironmentOptions.Branch),
            call.GetValue(EnvironmentOptions.Commit),
            GitHubEvent.Read(Environment.GetEnvironmentVariable),
            CheckedOutCommit.Of(Path.GetDirectoryName(Path.GetFullPath(ConfigurationPath))!),
            needsBranch);
        return EnvironmentNames.Create(requested, await ConfigurationAsync());
    }

    /// <summary>Shows a run's events until the feed is complete; the snapshot at the end is what the process answers by.</summary>
    public async Task<RunSnapshot> ShowAsync(RunFeed feed)
    {
        var way = new WayIn(_configuration?.Cloud.Authority, IsLocal ? "127.0.0.1" : null);
        var console = TableView.Console(output);
        IRunRenderer renderer = Output == OutputMode.Json ? new JsonRenderer(output)
            : console.Profile.Out.IsTerminal && console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
                ? new LiveRenderer(console, Verbose, way, Clock)
            : new PlainRenderer(output, Verbose, way);
        var run = await RunDisplay.ShowAsync(feed.Subscribe(), renderer, Clock);
        WorkflowReport.Tell(Words, run, _configuration?.Github.Label ?? "", ConfigurationPath, Clock.GetUtcNow(), Environment.GetEnvironmentVariable);
        return run;
    }

    private static string FindConfiguration()
    {
        for (var at = new DirectoryInfo(Directory.GetCurrentDirectory()); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, ConfigurationLoader.FileName);
            if (File.Exists(path))
            {
                return Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
            }
        }

        return ConfigurationLoader.FileName;
    }
}
