using System.Text.RegularExpressions;

namespace Mayfly.Engine.Tests;

/// <summary>The documented entry points call the one command and hold no logic.</summary>
public sealed partial class ScriptTests
{
    [Theory]
    [InlineData("state_reconcile", "stage reconcile")]
    [InlineData("terraform_apply", "stage apply")]
    [InlineData("preflight", "stage preflight")]
    [InlineData("ensure_secrets", "secrets ensure")]
    [InlineData("deploy_stack", "stage deploy")]
    public async Task An_entry_point_hands_its_arguments_to_one_command_and_its_exit_code_back(string script, string command)
    {
        using var folder = new TestFolder();
        var copy = Path.Combine(folder.Path, "scripts", "gha", "ephemeral", $"{script}.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Repository.At($"scripts/gha/ephemeral/{script}.sh"), copy);

        var (said, code) = await RunAsync(folder, $"'{copy}' --pr 42 'two words'");

        Assert.Equal((string.Join('\n', [.. command.Split(' '), "--pr", "42", "two words"]), 7), (said, code));
        Assert.Single(Lines(copy));
    }

    [Theory]
    [InlineData("tf_helpers", "tf_plan", "plan")]
    [InlineData("tf_helpers", "tf_prune", "stage prune")]
    [InlineData("tf_helpers", "tf_reconcile", "stage reconcile")]
    [InlineData("tf_helpers", "tf_apply", "stage apply")]
    [InlineData("tf_helpers", "tf_destroy", "down")]
    [InlineData("helm_helpers", "helm_values", "values")]
    [InlineData("helm_helpers", "helm_deploy", "stage deploy")]
    [InlineData("helm_helpers", "helm_verify", "stage verify")]
    public async Task A_helper_is_one_call(string library, string function, string command)
    {
        using var folder = new TestFolder();
        var copy = Path.Combine(folder.Path, "scripts", "lib", $"{library}.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Repository.At($"scripts/lib/{library}.sh"), copy);

        var (said, code) = await RunAsync(folder, $". '{copy}'; {function} --pr 42");

        Assert.Equal((string.Join('\n', [.. command.Split(' '), "--pr", "42"]), 7), (said, code));
        Assert.All(Lines(copy), line => Assert.Matches(OneCall(), line));
    }

    // In place of mayfly: says what it was given, one argument a line, and ends with a code of its own.
    private static async Task<(string Said, int Code)> RunAsync(TestFolder folder, string command)
    {
        var mayfly = Path.Combine(folder.Path, "mayfly");
        await File.WriteAllTextAsync(mayfly, "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 7\n", TestContext.Current.CancellationToken);
        using var bash = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", $"chmod +x '{mayfly}'; {command}"]) { RedirectStandardOutput = true })!;
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (said.TrimEnd(), bash.ExitCode);
    }

    private static List<string> Lines(string script) =>
        [.. File.ReadAllLines(script).Where(line => line.Length > 0 && !line.StartsWith('#'))];

    [GeneratedRegex(@"^_mayfly=\S+ ?\S*\)/\.\./\.\./mayfly""$|^\w+\(\) \{ ""\$_mayfly"" [a-z ]+ ""\$@""; \}$")]
    private static partial Regex OneCall();
}
