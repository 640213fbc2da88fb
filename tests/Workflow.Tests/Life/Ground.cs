using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Checks;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>
/// The ground that the workflow is played on: the stand-in for GitHub, the built program, and what actions of others do here. A
/// checkout lays out a commit's tree; the cache has the program; the setup of .NET and terraform does nothing, since they are there,
/// and that of helm puts the fetched one on the PATH; the role's credentials are the local cloud's, and are given to whom the documented trust policy admits.
/// </summary>
internal sealed class Ground : IAsyncDisposable
{
    /// <summary>Head of the default branch.</summary>
    public const string BaseCommit = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private const string Slug = "octo-org/shop";
    private static readonly GitHubContract Contract = GitHubContract.Read(Path.Combine(WorkflowTools.Home, "tools", "github-api", "openapi.json"));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-workflow");
    private readonly Dictionary<string, string> _trees = new(StringComparer.Ordinal);
    private readonly JsonElement? _cloud;

    private Ground(GitHubServer github, string home, JsonElement? cloud)
    {
        (GitHub, _cloud) = (github, cloud);
        var ground = ((string[])["PATH", "HOME", "LANG", "TMPDIR", "DOTNET_ROOT", "MAYFLY_PROVIDER", "MAYFLY_HELM3", "MAYFLY_HELM4", "MAYFLY_KUBECTL"])
            .Where(name => Environment.GetEnvironmentVariable(name) is not null).ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name)!);
        ground["MAYFLY_HOME"] = home;
        Player = new WorkflowPlayer(
            Workflows(hasCloud: cloud is not null),
            new RunnerSettings(Slug, BaseCommit, new Uri("https://github.com"), github.Address, github.Token,
                new Dictionary<string, string> { ["MAYFLY_AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/mayfly-preview", ["MAYFLY_AWS_REGION"] = "us-east-1" },
                ground),
            _folder.FullName);
        Player.Others["actions/checkout"] = CheckOutAsync;
        Player.Others["actions/setup-dotnet"] = Nothing;
        Player.Others["actions/cache/restore"] = RestoreAsync;
        Player.Others["actions/cache/save"] = call => Task.FromResult(Cache!.Save(call));
        Player.Others["hashicorp/setup-terraform"] = Nothing;
        Player.Others["azure/setup-helm"] = call =>
        {
            call.Job.Export("PATH", $"{Path.Combine(home, "tools", "helm-4")}:{ground["PATH"]}");
            return Nothing(call);
        };
        Player.Others["aws-actions/configure-aws-credentials"] = TakeRoleAsync;
    }

    /// <summary>The stand-in.</summary>
    public GitHubServer GitHub { get; }

    /// <summary>Plays the workflow.</summary>
    public WorkflowPlayer Player { get; }

    /// <summary>The cache; null: it has what is built here.</summary>
    public ProgramCache? Cache { get; set; }

    /// <summary>Commits that were checked out, with the path each.</summary>
    public List<(string Commit, string Path)> CheckedOut { get; } = [];

    /// <summary>Whoever took the role.</summary>
    public List<string> Subjects { get; } = [];

    /// <summary>Begins.</summary>
    /// <param name="home">MAYFLY_HOME of the runner's machine.</param>
    /// <param name="cloud">The local cloud; null: there is none, and only the first job is played.</param>
    public static async Task<Ground> StartAsync(string home, JsonElement? cloud)
    {
        var github = await GitHubServer.StartAsync(Contract);
        github.World.Permissions["maintainer"] = "write";
        github.World.Permissions["stranger"] = "read";
        return new Ground(github, home, cloud);
    }

    /// <summary>Says what a commit's tree is.</summary>
    public void Commit(string commit, string tree) => _trees[commit] = tree;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Player.DisposeAsync();
        await GitHub.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // Without a cloud only the first job is played.
    private static IReadOnlyList<JsonObject> Workflows(bool hasCloud)
    {
        var workflows = WorkflowFiles.Workflows.Select(WorkflowFiles.Read).ToList();
        if (!hasCloud)
        {
            workflows.RemoveAll(workflow => !workflow["jobs"]!.AsObject().ContainsKey("decide"));
            Assert.True(Assert.Single(workflows)["jobs"]!.AsObject().Remove("act"));
        }

        return workflows;
    }

    private static Task<JsonObject> Nothing(ActionCall call) => Task.FromResult(new JsonObject());

    private Task<JsonObject> CheckOutAsync(ActionCall call)
    {
        var commit = call["ref"] is { Length: > 0 } named ? named : BaseCommit;
        var target = Path.GetFullPath(call["path"], call.Job.Workspace);
        CheckedOut.Add((commit, Path.GetRelativePath(call.Job.Workspace, target)));
        Assert.True(_trees.ContainsKey(commit), $"a checkout of {commit}");
        Copy(_trees[commit], target);
        if (commit == BaseCommit && target == call.Job.Workspace)
        {
            // Mayfly's own sources lie in the same repository; what is built of them comes from the cache.
            foreach (var source in (string[])[".github", "scripts", "global.json", "NuGet.config", "Directory.Build.props", "Directory.Packages.props"])
            {
                Copy(Path.Combine(Repository.Source, source), Path.Combine(target, source));
            }

            var sources = Cache is null ? Path.Combine("src", "Cli") : "src";
            Copy(Path.Combine(Repository.Source, sources), Path.Combine(target, sources));
        }

        return Nothing(call);
    }

    private Task<JsonObject> RestoreAsync(ActionCall call)
    {
        Assert.StartsWith(call.Job.Temp, call["path"]);
        Assert.Matches("^mayfly-Linux-X64-[0-9a-f]{64}$", call["key"]);
        if (Cache is not null)
        {
            return Task.FromResult(Cache.Restore(call));
        }

        if (!Directory.Exists(call["path"]))
        {
            Directory.CreateSymbolicLink(call["path"], Path.GetDirectoryName(MayflyProgram.Path)!);
        }

        return Task.FromResult(new JsonObject { ["cache-hit"] = "true" });
    }

    private Task<JsonObject> TakeRoleAsync(ActionCall call)
    {
        // GitHub mints a token for a job that may have one; its subject names the environment when the job has one.
        Assert.Equal("write", call.Job.Permissions["id-token"]?.ToString());
        var subject = call.Job.EnvironmentName is { } environment ? $"repo:{Slug}:environment:{environment}" : $"repo:{Slug}:ref:refs/heads/main";
        Subjects.Add(subject);
        Assert.True(TrustPolicy.Admits(subject, "sts.amazonaws.com"), $"the role does not admit {subject}");
        Assert.Equal("arn:aws:iam::123456789012:role/mayfly-preview", call["role-to-assume"]);
        Assert.Equal("us-east-1", call["aws-region"]);
        foreach (var variable in _cloud!.Value.GetProperty("environment").EnumerateObject())
        {
            call.Job.Export(variable.Name, variable.Value.GetString()!);
        }

        return Nothing(call);
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to, overwrite: true);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj" or ".terraform")))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }
}
