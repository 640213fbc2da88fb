using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>A Terraform root in a folder of its own, with the real terraform and the project's providers.</summary>
internal sealed class TerraformRoot : IDisposable
{
    private static readonly (string Name, string Version)[] Providers = [("aws", "6.25.0"), ("helm", "3.1.1"), ("kubernetes", "2.38.0")];

    // Far more than any of these commands takes, even on a busy machine.
    private static readonly TimeSpan CommandWithin = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("terraform-root-");
    private readonly Dictionary<string, string?> variables = [];

    /// <summary>A root with this configuration.</summary>
    public TerraformRoot(string configuration)
    {
        var own = string.Concat(Providers.Select(provider =>
            $"    {provider.Name} = {{\n      source = \"hashicorp/{provider.Name}\"\n    }}\n"));
        Write("versions.tf", $"terraform {{\n  required_providers {{\n{own}  }}\n}}\n");
        Write("main.tf", configuration);
        Set("TF_CLI_CONFIG_FILE", Write("terraform.tfrc", $"provider_installation {{\n  filesystem_mirror {{\n    path = \"{Mirror()}\"\n  }}\n}}\ndisable_checkpoint = true\n"));
        Set("TF_IN_AUTOMATION", "1");
        Set("KUBECONFIG", null);
        Set("KUBE_CONFIG_PATH", null);
        Set("MAYFLY_HELM", Helm("3"));
    }

    /// <summary>The program that the providers are: what <c>./test</c> has published, else what was built with the tests, which starts slower.</summary>
    public static string Program => Environment.GetEnvironmentVariable("MAYFLY_PROVIDER") is { Length: > 0 } published
        ? published
        : Path.Combine(AppContext.BaseDirectory, "mayfly-provider");

    /// <summary>The folder.</summary>
    public string Folder => folder.FullName;

    /// <summary>The helm binary of a major version, where <c>./test</c> has put it.</summary>
    public static string Helm(string major) => Environment.GetEnvironmentVariable($"MAYFLY_HELM{major}")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly", "tools", $"helm-{major}", "helm");

    /// <summary>Sets a variable for terraform.</summary>
    public void Set(string name, string? value) => variables[name] = value;

    /// <summary>Writes a file; returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs terraform.</summary>
    public async Task<Answer> RunAsync(params string[] arguments)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(CommandWithin);
        var result = await Cli.Wrap("terraform").WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(variables)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, deadline.Token);
        return new Answer(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    /// <summary>Runs terraform and interrupts it, as Ctrl-C does, once a condition holds.</summary>
    public async Task InterruptAsync(Func<Task<bool>> condition, params string[] arguments)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(CommandWithin);
        using var interrupt = new CancellationTokenSource();
        var running = Cli.Wrap("terraform").WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(variables)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, Encoding.UTF8, deadline.Token, interrupt.Token);
        while (!await condition())
        {
            Assert.False(running.Task.IsCompleted, "terraform ended before it was interrupted");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
        }

        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Task);
        deadline.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Runs terraform, which must succeed.</summary>
    public async Task<string> MustAsync(params string[] arguments)
    {
        var answer = await RunAsync(arguments);
        Assert.True(answer.ExitCode == 0, $"terraform {string.Join(' ', arguments)}: {answer.Output}{answer.Errors}");
        return answer.Output;
    }

    /// <summary>Initialises the root.</summary>
    public Task<string> InitAsync() => MustAsync("init", "-no-color", "-input=false");

    /// <summary>Applies the root.</summary>
    public Task<string> ApplyAsync() => MustAsync("apply", "-no-color", "-auto-approve", "-input=false");

    /// <summary>Plans; true when there is something to do.</summary>
    public async Task<bool> HasChangesAsync()
    {
        var answer = await RunAsync("plan", "-no-color", "-input=false", "-detailed-exitcode");
        Assert.True(answer.ExitCode is 0 or 2, answer.Output + answer.Errors);
        return answer.ExitCode == 2;
    }

    /// <summary>Plans; the changes as terraform's JSON has them, by address.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> PlanAsync(params string[] arguments)
    {
        await MustAsync(["plan", "-no-color", "-input=false", "-out=plan", .. arguments]);
        using var document = JsonDocument.Parse(await MustAsync("show", "-json", "plan"));
        return document.RootElement.GetProperty("resource_changes").EnumerateArray()
            .ToDictionary(change => change.GetProperty("address").GetString()!, change => change.GetProperty("change").Clone());
    }

    /// <summary>The attributes of a resource in the state.</summary>
    public async Task<JsonElement> StateAsync(string address)
    {
        using var document = JsonDocument.Parse(await MustAsync("show", "-json"));
        return document.RootElement.GetProperty("values").GetProperty("root_module").GetProperty("resources").EnumerateArray()
            .Single(resource => resource.GetProperty("address").GetString() == address).GetProperty("values").Clone();
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    private string Mirror()
    {
        var platform = (OperatingSystem.IsMacOS() ? "darwin" : "linux") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "_arm64" : "_amd64");
        foreach (var (name, version) in Providers)
        {
            var launcher = Write(
                $"mirror/registry.terraform.io/hashicorp/{name}/{version}/{platform}/terraform-provider-{name}_v{version}",
                $"#!/bin/sh\nexec '{Program}' {name}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        return Path.Combine(Folder, "mirror");
    }

    /// <summary>What terraform answered.</summary>
    internal sealed record Answer(int ExitCode, string Output, string Errors);
}
