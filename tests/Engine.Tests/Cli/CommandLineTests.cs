using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.Aws;
using Mayfly.Cli;
using Mayfly.Engine.Tests.Configuration;

namespace Mayfly.Engine.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = ConfigurationSample.Folder();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'valus' is no command of 'mayfly'; did you mean 'values'?", "valus")]
    [InlineData("'--outputt' is no option of 'mayfly validate'; did you mean '--output'?", "validate", "--outputt")]
    [InlineData("'--output' takes 'text' or 'json', not 'xml'.", "validate", "--output", "xml")]
    [InlineData("mayfly.yaml: does not exist", "validate")]
    [InlineData("nowhere.yaml: does not exist", "up", "--pr", "1", "--branch", "a", "--config", "nowhere.yaml")]
    public async Task A_call_that_is_none_ends_with_2_and_the_reason(string reason, params string[] arguments)
    {
        var result = await MayflyProcess.RunAsync(_folder, arguments);

        Assert.Equal((ExitCodes.Invalid, ""), (result.ExitCode, result.StandardOutput));
        Assert.Contains(reason, result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no pull request", "values", "--pr", "none", "--branch", "a")]
    [InlineData("no pull request", "up", "--pr", "0", "--branch", "a")]
    [InlineData("--branch is empty", "up", "--pr", "1", "--branch", " ")]
    [InlineData("no branch is known", "up", "--pr", "1")]
    [InlineData("no pull request is known", "down")]
    public async Task Wrong_names_end_with_2_before_anything_is_touched(string reason, params string[] arguments)
    {
        _folder.Write("mayfly.yaml", ConfigurationSample.Full().ToJsonString());

        var result = await MayflyProcess.RunAsync(_folder, [.. arguments, "--output", "json"]);

        Assert.Equal(ExitCodes.Invalid, result.ExitCode);
        Assert.Contains(reason, result.StandardError, StringComparison.Ordinal);
        using var line = JsonDocument.Parse(result.StandardOutput);
        Assert.Equal(("result", "invalid"), (line.RootElement.GetProperty("type").GetString(), line.RootElement.GetProperty("outcome").GetString()));
        Assert.False(Directory.Exists(_folder.At("home")));
    }

    [Theory]
    [InlineData("{env_id}-{branch_slug}.{zone}", "down pr-7\n")]
    [InlineData("{env_id}.{zone}", "down pr-7, pr-7.example.com\n")]
    public async Task A_teardown_names_no_host_that_nobody_has(string host, string begins)
    {
        var sample = ConfigurationSample.Full();
        sample["environment"]!["public_host"] = host;
        sample["state"] = new JsonObject { ["path"] = "state" };
        sample.Remove("cloud");
        _folder.Write("mayfly.yaml", sample.ToJsonString());

        var result = await MayflyProcess.RunAsync(_folder, "down", "--pr", "7");

        Assert.StartsWith(begins, result.StandardOutput[(result.StandardOutput.IndexOf(']', StringComparison.Ordinal) + 2)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_shown_with_the_file_that_won()
    {
        _folder.Write("mayfly.yaml", ConfigurationSample.Full().ToJsonString());
        _folder.Write("a.yaml", "replicas: 0x2\ningress: {hosts: [old.example.com]}\n");

        var people = await MayflyProcess.RunAsync(_folder, "values", "--pr", "42", "--branch", "login");
        var programs = await MayflyProcess.RunAsync(_folder, "values", "--pr", "42", "--branch", "login", "--output", "json");
        var helm = await MayflyProcess.RunAsync(_folder, "values", "--pr", "42", "--branch", "login", "--yaml");

        Assert.Contains("a.yaml:1:11", people.StandardOutput, StringComparison.Ordinal);
        Assert.Equal("replicas: 0x2\ningress:\n  hosts: []\nhosts:\n  pr-42-login.example.com: {}\n", helm.StandardOutput);
        using var line = JsonDocument.Parse(programs.StandardOutput);
        Assert.Equal("runtime overrides", line.RootElement.GetProperty("values")[2].GetProperty("origin").GetString());
    }

    [Fact]
    public async Task A_written_configuration_finds_what_the_folder_holds_and_is_never_overwritten()
    {
        using var repository = new TestFolder();
        repository.Write("charts/web/Chart.yaml", "name: web\n");
        repository.Write("infra/main.tf", "");

        var first = await MayflyProcess.RunAsync(repository, "init");
        var valid = await MayflyProcess.RunAsync(repository, "validate");
        var second = await MayflyProcess.RunAsync(repository, "init");

        Assert.Equal((0, 0, 2), (first.ExitCode, valid.ExitCode, second.ExitCode));
        Assert.Contains("chart charts/web", valid.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("root: infra", await File.ReadAllTextAsync(repository.At("mayfly.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_names_what_is_missing_and_how_to_get_it()
    {
        var sample = ConfigurationSample.Full();
        sample["terraform"]!["binary"] = "./no-such-terraform";
        _folder.Write("mayfly.yaml", sample.ToJsonString());

        var result = await MayflyProcess.RunAsync(_folder, "doctor", "--output", "json");

        using var line = JsonDocument.Parse(result.StandardOutput);
        var terraform = line.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == "terraform");
        Assert.Equal(ExitCodes.NeedsPerson, result.ExitCode);
        Assert.False(terraform.GetProperty("holds").GetBoolean());
        Assert.Contains("Install terraform", terraform.GetProperty("next").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "client.authentication.k8s.io/v1")]
    [InlineData("client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1beta1")]
    public async Task A_login_to_a_cluster_is_printed_in_the_form_that_Kubernetes_clients_ask_for(string? asked, string version)
    {
        var result = await MayflyProcess.In(_folder, "token", "--cluster", "pr-42", "--region", "eu-west-1")
            .WithEnvironmentVariables(variables => variables.Set("AWS_ACCESS_KEY_ID", "AKIAMINE").Set("AWS_SECRET_ACCESS_KEY", "mine")
                .Set("AWS_SESSION_TOKEN", null).Set("HOME", _folder.Path)
                .Set("KUBERNETES_EXEC_INFO", asked is null ? null : $$$"""{"kind":"ExecCredential","apiVersion":"{{{asked}}}","spec":{"interactive":false}}"""))
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, result.StandardError);
        using var credential = JsonDocument.Parse(result.StandardOutput);
        var status = credential.RootElement.GetProperty("status");
        Assert.Equal(("ExecCredential", version),
            (credential.RootElement.GetProperty("kind").GetString(), credential.RootElement.GetProperty("apiVersion").GetString()));
        Assert.True(EksTokenReader.TryRead(
            status.GetProperty("token").GetString()!, host => host == "sts.eu-west-1.amazonaws.com", DateTimeOffset.UtcNow, out var claims, out var why), why);
        Assert.True(EksTokenReader.IsSignedFor(claims!, "pr-42", new ImmutableCredentials("AKIAMINE", "mine", null)));
        Assert.InRange(status.GetProperty("expirationTimestamp").GetDateTimeOffset() - claims!.IssuedAt, TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(14));
    }

    [Fact]
    public async Task A_login_without_credentials_says_so_and_is_nothing_for_people()
    {
        var result = await MayflyProcess.In(_folder, "token", "--cluster", "pr-42", "--region", "eu-west-1")
            .WithEnvironmentVariables(variables => variables.Set("AWS_ACCESS_KEY_ID", null).Set("AWS_SECRET_ACCESS_KEY", null)
                .Set("AWS_EC2_METADATA_DISABLED", "true").Set("HOME", _folder.Path))
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        var help = await MayflyProcess.RunAsync(_folder, "--help");

        Assert.Equal((ExitCodes.NeedsPerson, ""), (result.ExitCode, result.StandardOutput));
        Assert.Contains("credentials", result.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("token", help.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task An_interrupt_ends_with_130(string signal)
    {
        var ct = TestContext.Current.CancellationToken;
        await MakeToolAsync("slow", "#!/bin/sh\necho $$ > started\nexec sleep 30\n");
        var sample = ConfigurationSample.Full();
        sample["terraform"]!["binary"] = "./slow";
        _folder.Write("mayfly.yaml", sample.ToJsonString());

        var running = MayflyProcess.In(_folder, "doctor").ExecuteBufferedAsync(ct);
        while (!File.Exists(_folder.At("started")))
        {
            await Task.Delay(20, ct);
        }

        await CliWrap.Cli.Wrap("kill").WithArguments([signal, running.ProcessId.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync(ct);
        var result = await running;
        Assert.Equal(ExitCodes.Interrupted, result.ExitCode);
        Assert.Contains("stopping", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_is_one_line_with_the_place_of_its_details()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await CommandSession.RunAsync(
            CommandLine.Create().Parse(["validate"]), output, error, _ => throw new InvalidOperationException("the innermost text"));

        var line = error.ToString().Trim();
        var details = line[(line.LastIndexOf(' ') + 1)..];
        Assert.Equal((ExitCodes.Fault, ""), (code, output.ToString()));
        Assert.DoesNotContain("innermost", line, StringComparison.Ordinal);
        Assert.Contains("innermost", await File.ReadAllTextAsync(details, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        File.Delete(details);
    }

    [Fact]
    public async Task Colours_come_only_where_they_are_wanted()
    {
        _folder.Write("mayfly.yaml", ConfigurationSample.Full().ToJsonString());

        var result = await MayflyProcess.In(_folder, "values", "--pr", "42", "--branch", "login")
            .WithEnvironmentVariables(variables => variables.Set("NO_COLOR", "1").Set("FORCE_COLOR", "1"))
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain('\e', result.StandardOutput);
    }

    private async Task MakeToolAsync(string name, string script) =>
        await CliWrap.Cli.Wrap("chmod").WithArguments(["+x", _folder.Write(name, script)]).ExecuteAsync(TestContext.Current.CancellationToken);
}
