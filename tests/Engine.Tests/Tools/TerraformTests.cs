using System.Text.Json.Nodes;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Tools;

/// <summary>The real terraform, on roots that need no provider.</summary>
public sealed class TerraformTests : IDisposable
{
    private const string Root = """
        variable "env_id" { type = string }
        resource "terraform_data" "one" { input = var.env_id }
        module "parts" { source = "../modules/parts" }
        output "id" { value = var.env_id }
        """;

    private const string Module = """
        resource "terraform_data" "many" {
          for_each = toset(["a b", "c\"d"])
          input    = fileexists("${path.module}/note.txt")
        }
        """;

    private readonly TestFolder _folder = new();
    private readonly RunFeed _feed = new(TimeProvider.System);
    private readonly StageReporter _reporter;

    public TerraformTests()
    {
        Write("repo/infra/main.tf", Root);
        Write("repo/modules/parts/main.tf", Module);
        Write("repo/modules/parts/note.txt", "here");
        _reporter = new StageReporter(new Run("r", new EnvironmentIdentity("pr-1", "b", "h", new PullRequest(1, "b", null)), _feed), "apply");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_terraform_finds_in_a_file_is_told_by_its_path_in_the_repository()
    {
        var events = _feed.Subscribe();
        var stream = new TerraformStream(_reporter, "stacks/infra");

        stream.OnLine("""{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Unsupported argument","detail":"An argument named x.","range":{"filename":"../shared/main.tf","start":{"line":3},"end":{"line":4}}}}""");
        stream.OnLine("""{"type":"diagnostic","diagnostic":{"severity":"error","summary":"No file"}}""");

        _feed.Complete();
        var found = new List<Diagnosed>();
        while (events.TryRead(out var happened))
        {
            found.AddRange(happened is Diagnosed diagnosed ? [diagnosed] : []);
        }

        var only = Assert.Single(found);
        Assert.Equal(("stacks/shared/main.tf", 3, 4, "Unsupported argument"), (only.File, only.Line, only.EndLine, only.Summary));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_root_is_planned_applied_and_found_unchanged_and_its_folder_is_never_written_to()
    {
        var ct = TestContext.Current.CancellationToken;
        var events = _feed.Subscribe();
        var terraform = Open();
        var before = Files();

        Assert.Null((await terraform.InitAsync("f1", _reporter, ct)).Failure);
        Assert.True((await terraform.PlanAsync([], false, _reporter, ct)).Is(out var plan, out _));
        Assert.Equal(
            ["module.parts.terraform_data.many[\"a b\"]", "module.parts.terraform_data.many[\"c\\\"d\"]", "terraform_data.one"],
            plan.Changes.Select(change => change.Address).Order());
        var applied = await terraform.ApplyAsync(plan, _reporter, ct);
        Assert.Null(applied.Failure);
        Assert.True(applied.Wrote);
        Assert.True((await terraform.PlanAsync([], false, _reporter, ct)).Is(out var again, out _));
        Assert.True(again.IsEmpty);
        Assert.Equal("pr-1", (await terraform.OutputAsync(ct)).Value!["id"].GetString());

        Assert.Equal(before, Files());
        _feed.Complete();
        var moved = await events.ReadAllAsync(ct).OfType<ResourceChanged>().Select(e => (e.Address, e.Phase)).ToListAsync(ct);
        Assert.Contains(("terraform_data.one", "started"), moved);
        Assert.Contains(("terraform_data.one", "completed"), moved);
    }

    [Fact(Timeout = 60_000)]
    public async Task State_addresses_are_read_as_terraform_writes_them_and_forgotten_in_one_write()
    {
        var ct = TestContext.Current.CancellationToken;
        var terraform = await AppliedAsync(ct);

        Assert.True((await terraform.StatePullAsync(ct)).Is(out var state, out _));
        Assert.Equal((await terraform.StateListAsync(ct)).Value!.Order(), state.Instances.Select(instance => instance.Address).Order());
        Assert.Null((await terraform.StateRemoveAsync([.. state.Instances.Where(i => i.Address != "terraform_data.one").Select(i => i.Address)], ct)).Failure);

        Assert.True((await terraform.StatePullAsync(ct)).Is(out var after, out _));
        Assert.Equal(["terraform_data.one"], after.Instances.Select(instance => instance.Address));
        Assert.Equal(state.Serial + 1, after.Serial);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_targeted_destroy_leaves_the_rest()
    {
        var ct = TestContext.Current.CancellationToken;
        var terraform = await AppliedAsync(ct);

        Assert.True((await terraform.PlanAsync(["module.parts"], true, _reporter, ct)).Is(out var plan, out _));
        Assert.Null((await terraform.ApplyAsync(plan, _reporter, ct)).Failure);

        Assert.Equal(["terraform_data.one"], (await terraform.StateListAsync(ct)).Value!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_saved_state_can_be_pushed_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var terraform = await AppliedAsync(ct);
        Assert.True((await terraform.StatePullAsync(ct)).Is(out var state, out _));
        var path = Path.Combine(_folder.Path, "store", "infra.tfstate");
        File.Delete(path);

        Assert.Null((await terraform.StatePushAsync(state.Json, ct)).Failure);

        Assert.True((await terraform.StatePullAsync(ct)).Is(out var back, out _));
        Assert.Equal(state.Instances.Count, back.Instances.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Errors_keep_their_diagnostics()
    {
        var ct = TestContext.Current.CancellationToken;
        Write("repo/infra/extra.tf", """resource "terraform_data" "bad" { input = tonumber(var.env_id) }""");
        var terraform = Open();
        Assert.Null((await terraform.InitAsync("f1", _reporter, ct)).Failure);

        Assert.False((await terraform.PlanAsync([], false, _reporter, ct)).Is(out _, out var failure));

        Assert.Contains(failure!.Evidence, line => line.Contains("Invalid function argument", StringComparison.Ordinal));
    }

    [Fact]
    public void Init_is_due_again_when_something_it_depends_on_changed()
    {
        var outer = ToolEnvironment.OfThisProcess();
        var first = RootFingerprint.Of(Open().Root, "terraform", outer);
        Assert.Equal(first, RootFingerprint.Of(Open().Root, "terraform", outer));

        Write("repo/modules/parts/main.tf", Module + "\n# changed\n");
        Assert.NotEqual(first, RootFingerprint.Of(Open().Root, "terraform", outer));
    }

    [Fact]
    public void The_mirror_follows_the_original()
    {
        var mirror = Open().Root.Directory;
        Write("repo/infra/new.tf", "");
        File.Delete(Path.Combine(_folder.Path, "repo/infra/main.tf"));

        Open();

        Assert.True(File.Exists(Path.Combine(mirror, "new.tf")));
        Assert.False(File.Exists(Path.Combine(mirror, "main.tf")));
    }

    // As a run leaves them that is killed while terraform writes them.
    [Fact(Timeout = 60_000)]
    public async Task What_a_killed_init_left_cut_off_is_made_again()
    {
        var ct = TestContext.Current.CancellationToken;
        var terraform = Open();
        Assert.Null((await terraform.InitAsync("f1", _reporter, ct)).Failure);
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var chance = new Random(seed);
        foreach (var note in new[] { "terraform.tfstate", "modules/modules.json" }.Select(name => Path.Combine(terraform.Root.DataDirectory, name)))
        {
            var whole = await File.ReadAllBytesAsync(note, ct);
            foreach (var length in new[] { 0, chance.Next(1, whole.Length - 1) })
            {
                await File.WriteAllBytesAsync(note, whole[..length], ct);
                terraform.Root.ForgetInit();

                Assert.True((await terraform.InitAsync("f1", _reporter, ct)).Failure is null, $"{note}, {length} of {whole.Length} bytes, seed {seed}");
                Assert.True((await terraform.PlanAsync([], false, _reporter, ct)).Is(out _, out _));
            }
        }
    }

    [Fact]
    public void Variables_are_in_a_file_that_only_the_owner_reads_and_only_those_that_are_declared()
    {
        var file = Path.Combine(Open().Root.Directory, "zz-mayfly.auto.tfvars.json");

        Assert.Equal("""{"env_id":"pr-1"}""", File.ReadAllText(file));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_declared_backend_is_configured_and_not_replaced()
    {
        Write("repo/infra/backend.tf", """terraform { backend "local" {} }""");
        var root = Open().Root;

        Assert.NotNull(root.BackendConfigFile);
        Assert.False(File.Exists(Path.Combine(root.Directory, "mayfly_override.tf.json")));
    }

    [Fact]
    public void The_callers_variables_that_change_terraforms_output_are_taken_away()
    {
        var outer = new ToolEnvironment(new Dictionary<string, string>
        {
            ["TF_CLI_ARGS_plan"] = "-refresh=false",
            ["TF_LOG"] = "trace",
            ["TF_WORKSPACE"] = "other",
            ["TF_VAR_secret"] = "kept",
        });

        var environment = Terraform.EnvironmentFor(outer, Open().Root);

        Assert.Null(environment["TF_CLI_ARGS_plan"]);
        Assert.Null(environment["TF_LOG"]);
        Assert.Null(environment["TF_WORKSPACE"]);
        Assert.False(environment.ContainsKey("TF_VAR_secret"));
        Assert.Equal("1", environment["TF_IN_AUTOMATION"]);
        Assert.Equal("0", environment["TF_INPUT"]);
    }

    private async Task<Terraform> AppliedAsync(CancellationToken ct)
    {
        var terraform = Open();
        Assert.Null((await terraform.InitAsync("f1", _reporter, ct)).Failure);
        Assert.True((await terraform.PlanAsync([], false, _reporter, ct)).Is(out var plan, out _));
        Assert.Null((await terraform.ApplyAsync(plan, _reporter, ct)).Failure);
        return terraform;
    }

    private Terraform Open()
    {
        var repository = Path.Combine(_folder.Path, "repo");
        var place = new RootPlace("infra", Path.Combine(repository, "infra"), repository, Path.Combine(_folder.Path, "work"), UseLockFile: true);
        var variables = new JsonObject { ["env_id"] = "pr-1", ["unknown"] = "x" };
        var root = TerraformRoot.Mirror(
            place, StateBackend.Local(Path.Combine(_folder.Path, "store", "infra.tfstate")), variables, new Dictionary<string, string?>());
        return new Terraform(new ToolRunner(TimeProvider.System), "terraform", root, ToolEnvironment.OfThisProcess());
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "repo"), "*", SearchOption.AllDirectories).Order()];
}
