using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.SecretsManager;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Secrets;
using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.Secrets;

public sealed class SecretContractTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static int _number = 100;

    private readonly AmazonSecretsManagerClient _client = moto.Session.CreateSecretsManager();
    private readonly Redactor _redactor = new();

    // Each test has an environment of its own in the one moto.
    private readonly int _pr = Interlocked.Increment(ref _number);

    [Fact]
    public async Task What_is_missing_is_created_once_and_then_left_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        var contract = Contract(
            [new() { Name = "PASSWORD", From = "generate:password" }, new() { Name = "REGION", From = "value:{region}" }, new() { Name = "TOKEN", From = "env:TOKEN" }],
            new() { ["TOKEN"] = "token-of-the-run" });

        var before = await contract.CheckAsync(ct);
        var made = await contract.EnsureAsync(ct);
        var version = (await _client.GetSecretValueAsync(new GetSecretValueRequest(Id()) { VersionStage = "AWSCURRENT" }, ct)).VersionId;
        var again = await contract.EnsureAsync(ct);

        Assert.Equal((SecretState.Broken, SecretLink.Container), (before.Single().State, before.Single().Broke));
        Assert.All(made, finding => Assert.Equal(SecretState.Written, finding.State));
        Assert.All(again, finding => Assert.Equal(SecretState.Satisfied, finding.State));
        Assert.Equal(version, (await _client.GetSecretValueAsync(new GetSecretValueRequest(Id()) { VersionStage = "AWSCURRENT" }, ct)).VersionId);
        var values = await ValuesAsync();
        Assert.Equal(("us-east-1", "token-of-the-run", 32), ((string?)values["REGION"], (string?)values["TOKEN"], ((string?)values["PASSWORD"])!.Length));
        Assert.Equal(Redactor.Mark, _redactor.Redact((string)values["PASSWORD"]!));
        var described = await _client.DescribeSecretAsync(new DescribeSecretRequest(Id()), ct);
        Assert.Contains(described.Tags!, tag => tag.Key == EnvironmentIdentity.OwnerTag && tag.Value == $"pr-{_pr}");
    }

    [Fact]
    public async Task A_value_that_satisfies_its_rule_stays_and_one_that_breaks_it_goes()
    {
        var ct = TestContext.Current.CancellationToken;
        await _client.CreateSecretAsync(new CreateSecretRequest { Name = Id(), SecretString = """{"KEEP":"abc","BAD":"!","OTHER":"x","EMPTY":""}""" }, ct);

        await Contract(
        [
            new() { Name = "KEEP", Pattern = "[a-z]+", From = "value:zzz" }, new() { Name = "BAD", Pattern = "[a-z]+", From = "value:good" },
            new() { Name = "EMPTY", From = "generate:keypair" },
        ]).EnsureAsync(ct);

        var values = await ValuesAsync();
        Assert.Equal(("abc", "good", "x"), ((string?)values["KEEP"], (string?)values["BAD"], (string?)values["OTHER"]));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", (string?)values["EMPTY"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_a_person_knows_is_named_with_the_command_that_sets_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var contract = Contract([new() { Name = "TOKEN" }, new() { Name = "NOTE", Required = false }]);

        var findings = await contract.EnsureAsync(ct);
        await contract.SetAsync(Id(), new Dictionary<string, string> { ["TOKEN"] = "from-a-person" }, ct);
        var after = await contract.CheckAsync(ct);

        Assert.Equal($"mayfly secrets set --pr {_pr} {Id()} TOKEN", findings[0].Next);
        Assert.Equal([SecretState.Broken, SecretState.Absent], findings.Select(finding => finding.State));
        Assert.Equal(SecretState.Satisfied, after[0].State);
    }

    [Fact]
    public async Task A_secret_scheduled_for_deletion_is_restored_with_its_values()
    {
        var ct = TestContext.Current.CancellationToken;
        await _client.CreateSecretAsync(new CreateSecretRequest { Name = Id(), SecretString = """{"A":"first-value"}""" }, ct);
        await _client.DeleteSecretAsync(new DeleteSecretRequest(Id()) { RecoveryWindowInDays = 7 }, ct);
        var contract = Contract([new() { Name = "A", From = "generate:password" }]);

        var looked = await contract.CheckAsync(ct);
        await contract.EnsureAsync(ct);

        Assert.Equal("it is scheduled for deletion", looked.Single().Problem);
        Assert.Equal("first-value", (string?)(await ValuesAsync())["A"]);
    }

    [Fact]
    public async Task Runs_that_write_at_once_lose_no_key()
    {
        var ct = TestContext.Current.CancellationToken;
        var names = Enumerable.Range(0, 8).Select(index => $"K{index}").ToList();
        var written = new ConcurrentDictionary<string, string>();

        await Parallel.ForEachAsync(names, ct, async (name, stop) =>
        {
            written[name] = $"value-of-{name}";
            await Contract([.. names.Select(key => new SecretKeySettings { Name = key })])
                .SetAsync(Id(), new Dictionary<string, string> { [name] = written[name] }, stop);
        });

        var values = await ValuesAsync();
        Assert.All(written, pair => Assert.Equal(pair.Value, (string?)values[pair.Key]));
    }

    [Fact]
    public async Task Runs_that_make_sure_at_once_lose_no_key_and_agree_on_what_they_made()
    {
        var ct = TestContext.Current.CancellationToken;
        SecretKeySettings Made(string name) => new() { Name = name, From = "generate:password" };
        var seen = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 6), ct, async (index, stop) =>
        {
            // Each run has a contract of its own: a key of its own beside one that all want.
            var findings = await Contract([Made("SHARED"), Made($"OWN{index}")]).EnsureAsync(stop);
            Assert.All(findings, finding => Assert.NotEqual(SecretState.Broken, finding.State));
            seen.Add((string)(await ValuesAsync())["SHARED"]!);
        });

        var values = await ValuesAsync();
        Assert.All(Enumerable.Range(0, 6), index => Assert.Equal(32, ((string?)values[$"OWN{index}"])!.Length));
        Assert.Equal((string?)values["SHARED"], Assert.Single(seen.Distinct()));
    }

    [Fact]
    public async Task In_a_workflow_the_mask_of_a_value_goes_out_before_it_is_written_or_seen_anywhere_else()
    {
        var ct = TestContext.Current.CancellationToken;
        var log = new ConcurrentQueue<string>();
        var redactor = new Redactor { Learned = value => log.Enqueue($"::add-mask::{value}") };
        var folder = Directory.CreateTempSubdirectory("mayfly-test-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), "value-of-the-file", ct);
        var contract = Contract(
            [new() { Name = "A", From = "env:TOKEN" }, new() { Name = "B", From = "file:token" }, new() { Name = "C", From = "generate:password" }],
            new() { ["TOKEN"] = "value-of-the-run" }, directory: folder, redactor: redactor);

        await contract.EnsureAsync(
            async stop =>
            {
                log.Enqueue($"write, with {(await TextAsync(stop)).Length} characters there");
                return null;
            },
            ct);
        var values = await ValuesAsync();

        var lines = log.ToList();
        var written = lines.FindLastIndex(line => line.StartsWith("write", StringComparison.Ordinal));
        foreach (var value in values.Select(pair => (string)pair.Value!))
        {
            var first = lines.FindIndex(line => line.Contains(value, StringComparison.Ordinal));
            Assert.Equal($"::add-mask::{value}", lines[first]);
            Assert.True(first < written, $"it was written before it was masked:\n{string.Join('\n', lines)}");
            Assert.Equal(Redactor.Mark, redactor.Redact(value));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Values_are_copied_from_another_secret_and_from_files()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("mayfly-test-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), "from-a-file\n", ct);
        await _client.CreateSecretAsync(new CreateSecretRequest { Name = $"shared-{_pr}", SecretString = """{"K":"of-the-team"}""" }, ct);

        await Contract([new() { Name = "A", From = $"secret:shared-{_pr}#K" }, new() { Name = "B", From = "file:token" }], directory: folder).EnsureAsync(ct);

        var values = await ValuesAsync();
        Assert.Equal(("of-the-team", "from-a-file"), ((string?)values["A"], (string?)values["B"]));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_text_that_is_no_object_and_a_secret_of_another_environment_are_never_overwritten()
    {
        var ct = TestContext.Current.CancellationToken;
        await _client.CreateSecretAsync(new CreateSecretRequest { Name = Id(), SecretString = "plain" }, ct);
        var text = (await Contract([new() { Name = "A", From = "value:x" }]).EnsureAsync(ct)).Single();
        await _client.TagResourceAsync(new TagResourceRequest(Id(), [new Tag(EnvironmentIdentity.OwnerTag, "pr-1")]), ct);
        var foreign = (await Contract([new() { Name = "A", From = "value:x" }]).EnsureAsync(ct)).Single();

        Assert.Equal("its text is no JSON object", text.Problem);
        Assert.Equal("it belongs to pr-1", foreign.Problem);
        Assert.Equal("plain", (await _client.GetSecretValueAsync(new GetSecretValueRequest(Id()) { VersionStage = "AWSCURRENT" }, ct)).SecretString);
    }

    [Fact]
    public async Task A_shared_secret_is_checked_and_not_written()
    {
        var ct = TestContext.Current.CancellationToken;

        var finding = (await Contract([new() { Name = "A", From = "value:x" }], id: "shared/none").EnsureAsync(ct)).Single();

        Assert.Equal("Create it; environments share it, so Mayfly does not.", finding.Next);
    }

    [Fact]
    public async Task A_write_that_is_not_allowed_does_not_happen()
    {
        var ct = TestContext.Current.CancellationToken;
        var lost = Failure.Of("lease-lost", "state_lock_held", Disposition.NeedsHuman, "the lease is lost");

        var outcome = await Contract([new() { Name = "A", From = "value:x" }]).EnsureAsync(_ => Task.FromResult<Failure?>(lost), ct);

        Assert.Equal(lost, outcome.Failure);
        Assert.True(AwsErrorCodes.IsNotFound((await Assert.ThrowsAsync<AwsException>(
            () => _client.DescribeSecretAsync(new DescribeSecretRequest(Id()), ct))).Code));
    }

    [Fact]
    public async Task Values_that_break_their_rule_and_unknown_keys_are_refused_without_telling_them()
    {
        var ct = TestContext.Current.CancellationToken;
        var contract = Contract([new() { Name = "A", Pattern = "[0-9]+" }, new() { Name = "J", Json = true }]);

        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => contract.SetAsync(
            Id(), new Dictionary<string, string> { ["A"] = "hunter2", ["J"] = "{hunter2", ["X"] = "hunter2" }, ct));

        Assert.Equal(3, refused.Problems.Count);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    private string Id() => $"pr-{_pr}-ephemeral/app";

    private async Task<string> TextAsync(CancellationToken ct)
    {
        try
        {
            return (await _client.GetSecretValueAsync(new GetSecretValueRequest(Id()) { VersionStage = "AWSCURRENT" }, ct)).SecretString ?? "";
        }
        catch (AwsException missing) when (AwsErrorCodes.IsNotFound(missing.Code))
        {
            return "";
        }
    }

    private async Task<JsonObject> ValuesAsync() =>
        JsonNode.Parse((await _client.GetSecretValueAsync(new GetSecretValueRequest(Id()) { VersionStage = "AWSCURRENT" }, TestContext.Current.CancellationToken)).SecretString!)!.AsObject();

    private SecretContract Contract(
        IReadOnlyList<SecretKeySettings> keys, Dictionary<string, string>? environment = null, string id = "{env_id}-ephemeral/app", string directory = "/",
        Redactor? redactor = null)
    {
        var configuration = new MayflyConfiguration { Project = "demo", Directory = directory, Secrets = [new SecretSettings { Id = id, Keys = keys }] };
        var identity = EnvironmentNames.Create(new PullRequest(_pr, "b", null), configuration);
        return new SecretContract(_client, new Blueprint(configuration, identity), environment ?? [], redactor ?? _redactor);
    }
}
