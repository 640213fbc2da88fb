using System.Collections.Concurrent;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Engine.Leases;

namespace Mayfly.EndToEnd.Tests;

/// <summary>Plants values that can be recognised and looks for them wherever a run leaves or shows anything.</summary>
public sealed class PlantedSecretTests : IClassFixture<LocalCloudFixture>
{
    private static readonly string[] Planted = ["PLANTED/db+password=one%two", "PLANTED-session-key-\"quoted\"-three"];
    private readonly LocalCloudFixture _cloud;

    public PlantedSecretTests(LocalCloudFixture cloud) => _cloud = cloud;

    [Fact]
    public async Task A_planted_value_is_in_no_output_file_or_argument_but_in_the_masks_of_the_workflow()
    {
        var ct = TestContext.Current.CancellationToken;
        _cloud.Repository.Change("mayfly.yaml", "{ name: DB_PASSWORD, from: \"generate:password\" }", "{ name: DB_PASSWORD, from: \"env:PLANTED_ONE\" }");
        _cloud.Repository.Change("mayfly.yaml", "{ name: SESSION_KEY, from: \"generate:password\" }", "{ name: SESSION_KEY, from: \"env:PLANTED_TWO\" }");
        var start = new ProcessStartInfo(
            MayflyProgram.Path, ["up", "--local", "--pr=42", "--branch", "feature/login", "--verbose", "--output", "json"])
        {
            WorkingDirectory = _cloud.Repository.Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MAYFLY_HOME"] = _cloud.Home;
        start.Environment["GITHUB_ACTIONS"] = "true";
        start.Environment["PLANTED_ONE"] = Planted[0];
        start.Environment["PLANTED_TWO"] = Planted[1];
        start.Environment.Remove("GITHUB_EVENT_PATH");

        using var process = Process.Start(start)!;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var arguments = SampleArgumentsAsync(ended.Token);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        await ended.CancelAsync();

        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
        var masks = (await error).Split('\n').Where(line => line.StartsWith("::add-mask::", StringComparison.Ordinal)).ToList();
        Assert.Contains(masks, mask => mask == "::add-mask::PLANTED/db+password=one%25two");
        Clean("standard output", await output);
        Clean("standard error", string.Join('\n', (await error).Split('\n').Except(masks)));
        var seen = await arguments;
        Assert.Contains(seen, line => line.Contains("terraform", StringComparison.Ordinal));
        Assert.All(seen, line => Clean("an argument", line));
        var work = Directory.EnumerateFiles(Path.Combine(_cloud.Home, "work"), "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file) is { LinkTarget: null } own && (own.UnixFileMode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0);
        Assert.All(work, file => Clean(file, Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Clean("the journal", await JournalAsync(ct));
        await BundleAsync(ct);
    }

    // Somebody's debug code: the pod writes the password that it was given, and dies.
    private async Task BundleAsync(CancellationToken ct)
    {
        await Kubectl.RunAsync(_cloud, ct, "patch", "deployment", "pr-42-web", "--namespace", "pr-42", "--type", "json", "--patch", """
            [{ "op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "ghcr.io/jetscale/task:1" },
             { "op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["$(DB_PASSWORD)", "--exit", "3"] },
             { "op": "add", "path": "/spec/template/spec/containers/0/envFrom", "value": [{ "secretRef": { "name": "pr-42-db-secret" } }] }]
            """);
        var path = Path.Combine(_cloud.Home, "bundle.tar.gz");
        var files = new Dictionary<string, string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!files.GetValueOrDefault("bundle/logs.txt", "").Contains("task failed with 3", StringComparison.Ordinal))
        {
            File.Delete(path);
            var run = await _cloud.Mayfly.RunAsync(limit.Token, "explain", "--local", "--pr=42", "--branch", "feature/login", "--bundle", path);
            Assert.Equal(path, run.Result.GetProperty("bundle").GetProperty("file").GetString());
            Clean("the answer", run.Story);
            files = Unpack(path);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        Assert.All(files, file => Clean(file.Key, file.Value));
        Assert.Contains("task [secret] --exit 3", files["bundle/logs.txt"], StringComparison.Ordinal);
        Assert.Contains("\"DB_PASSWORD\": \"[secret]\"", files["bundle/kubernetes/secrets.json"], StringComparison.Ordinal);
        Assert.Contains("module.aws.aws_eks_cluster", files["bundle/state/infra.tfstate.txt"], StringComparison.Ordinal);
        Assert.All(
            ["INDEX.txt", "chain.txt", "versions.txt", "configuration.yaml", "journal.jsonl", "last-result.json", "plan.txt", "lease.json", "locks.txt",
                "kubernetes/pods.json", "events.txt", "externalsecrets.txt", "helm-history.txt", "aws/load-balancer.json", "aws/cluster.json"],
            name => Assert.Contains($"bundle/{name}", files.Keys));

        var again = await _cloud.Mayfly.RunAsync(ct, "explain", "--local", "--pr=42", "--branch", "feature/login", "--bundle", path);
        Assert.Equal(2, again.ExitCode);
    }

    private static Dictionary<string, string> Unpack(string path)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var files = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            files[entry.Name] = reader.ReadToEnd();
        }

        return files;
    }

    private async Task<string> JournalAsync(CancellationToken ct)
    {
        var variables = _cloud.Cloud.GetProperty("environment");
        var session = AwsSession.For(
            new Uri(_cloud.Cloud.GetProperty("aws").GetString()!), _cloud.Cloud.GetProperty("region").GetString()!,
            variables.GetProperty("AWS_ACCESS_KEY_ID").GetString()!, variables.GetProperty("AWS_SECRET_ACCESS_KEY").GetString()!);
        var store = new S3Store(session.CreateS3(null), "jetscale-mayfly-state", TimeProvider.System);
        var journal = Encoding.UTF8.GetString((await store.GetAsync("mayfly/jetscale/pr-42/journal.jsonl", ct))!.Content.Span);
        Assert.Contains("preflight", journal, StringComparison.Ordinal);
        return journal;
    }

    // Every program's arguments on the machine, as often as they can be read while the run lasts.
    private static async Task<IReadOnlyCollection<string>> SampleArgumentsAsync(CancellationToken ct)
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!ct.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
            {
                try
                {
                    seen[(await File.ReadAllTextAsync(Path.Combine(process, "cmdline"), CancellationToken.None)).Replace('\0', ' ')] = true;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It ended meanwhile.
                }
            }

            await timer.WaitForNextTickAsync(ct).AsTask().ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return [.. seen.Keys];
    }

    private static void Clean(string where, string text)
    {
        foreach (var form in Planted.SelectMany(FormsOf))
        {
            Assert.False(text.Contains(form, StringComparison.Ordinal), $"{where} holds a planted value as {form}");
        }
    }

    private static string[] FormsOf(string value) =>
    [
        value, Uri.EscapeDataString(value), value.Replace("\"", "\\\"", StringComparison.Ordinal),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(value)).TrimEnd('=')[..^1],
    ];
}
