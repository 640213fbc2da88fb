using System.Text.Json.Nodes;
using Mayfly.Engine;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using TerraformRoot = Mayfly.LocalCloud.Tests.Providers.TerraformRoot;

namespace Mayfly.LocalCloud.Tests.Pruning;

/// <summary>The prune stage of one environment: the real terraform on a state in a folder, and an AWS that says of the cluster what a test wants.</summary>
internal sealed class PruneRig : IDisposable
{
    private const string Lineage = "3f9a7c1e-5d0b-4e7e-9a55-0c8f2f4b6d10";

    private readonly string _home = Directory.CreateTempSubdirectory("mayfly-prune-").FullName;
    private readonly TerraformRoot _root = new("");
    private readonly MayflyConfiguration _configuration;

    public PruneRig() => _configuration = new MayflyConfiguration
    {
        Project = "prune",
        Directory = _home,
        State = new StateSettings { Path = "store" },
        Terraform = new TerraformSettings { Layers = [new LayerSettings { Name = "all", Root = _root.Folder }] },
    };

    /// <summary>What was asked of terraform that writes the state, and whether a backup was there by then.</summary>
    public List<(string Command, bool BackedUp)> Writes { get; } = [];

    /// <summary>What the stage told.</summary>
    public List<RunEvent> Events { get; } = [];

    /// <summary>The backups.</summary>
    public string[] Backups => Directory.Exists(BackupFolder) ? Directory.GetFiles(BackupFolder, "*.tfstate") : [];

    /// <summary>The state as it lies there.</summary>
    public byte[] State => File.ReadAllBytes(StateFile);

    private string StateFile => Path.Combine(_home, "store", "mayfly", "prune", "pr-42", Path.GetFileName(_root.Folder) + ".tfstate");

    private string BackupFolder => Path.Combine(_home, "store", "mayfly", "prune", "pr-42", "backups");

    /// <summary>Lays a state there: entries of types with their attributes, keyed.</summary>
    public void LayState(IEnumerable<(string Type, string Key, JsonObject Attributes)> entries)
    {
        var resources = entries.GroupBy(entry => entry.Type).Select(group => (JsonNode)new JsonObject
        {
            ["mode"] = "managed",
            ["type"] = group.Key,
            ["name"] = "this",
            ["provider"] = $"provider[\"registry.terraform.io/hashicorp/{group.Key.Split('_')[0]}\"]",
            ["instances"] = new JsonArray([.. group.Select(entry => (JsonNode)new JsonObject
            {
                ["index_key"] = entry.Key,
                ["schema_version"] = 0,
                ["attributes"] = entry.Attributes,
            })]),
        });
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        File.WriteAllText(StateFile, new JsonObject
        {
            ["version"] = 4,
            ["terraform_version"] = "1.9.0",
            ["serial"] = 41,
            ["lineage"] = Lineage,
            ["outputs"] = new JsonObject(),
            ["resources"] = new JsonArray([.. resources]),
        }.ToJsonString());
    }

    /// <summary>Runs the stage in the loop that judges it, without retries.</summary>
    public async Task<RunEnd> PruneAsync(IAwsAccount account, CancellationToken ct)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        variables["MAYFLY_HOME"] = _home;
        var identity = EnvironmentNames.Create(new PullRequest(42, "feature/login", null), _configuration);
        var world = World.Of(_configuration, new ToolEnvironment(variables), TimeProvider.System);
        var blueprint = new Blueprint(_configuration, identity);
        await ((DirectoryStore)world.Store).EnsureExistsAsync(ct);
        await using var parts = new RunParts(
            world with { Account = account, Tools = new Watched(this, world.Tools) }, blueprint, new NoSecrets(),
            new LeaseTerms("run-1", "up", Holder.ThisProcess(), TimeSpan.FromMinutes(5)));
        var feed = new RunFeed(TimeProvider.System, new Redactor());
        var events = feed.Subscribe();
        var stage = new PruneZombies(blueprint, parts.Roots, parts.Door, parts.Unblocking.Access, parts.Locks, parts.Lease, world.Store);
        var end = await new Converger(new BudgetSettings { PerRule = 0 }, TimeProvider.System, new Random(7))
            .ConvergeAsync(new Run("run-1", identity, feed), [stage], ct);
        feed.Complete();
        Events.AddRange(await events.ReadAllAsync(ct).ToListAsync(ct));
        return end;
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private sealed class Watched(PruneRig rig, IToolRunner tools) : IToolRunner
    {
        public Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
        {
            if (call.Arguments is ["state", "rm" or "push" or "mv", ..])
            {
                rig.Writes.Add((call.Arguments[1], rig.Backups.Length > 0));
            }

            return tools.RunAsync(call with
            {
                Environment = new Dictionary<string, string?>(call.Environment) { ["TF_CLI_CONFIG_FILE"] = Path.Combine(rig._root.Folder, "terraform.tfrc") },
            }, ct);
        }
    }

    private sealed class NoSecrets : ISecretContract
    {
        public Task<IReadOnlyList<SecretFinding>> CheckAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<SecretFinding>>([]);

        public IReadOnlyDictionary<string, DateTimeOffset> Written { get; } = new Dictionary<string, DateTimeOffset>();

        public Task<Outcome<string[]>> EnsureAsync(Func<CancellationToken, Task<Failure?>> beforeWrite, CancellationToken ct) =>
            Task.FromResult<Outcome<string[]>>(Array.Empty<string>());
    }
}
