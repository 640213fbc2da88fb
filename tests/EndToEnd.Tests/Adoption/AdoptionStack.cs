using System.Runtime.InteropServices;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Engine;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Adoption;

/// <summary>One layer of infrastructure on a moto, reconciled and applied by the engine with the real terraform and the project's provider.</summary>
public sealed class AdoptionStack : IDisposable
{
    private const string Version = "6.25.0";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-adoption");
    private readonly AwsSession _session;

    /// <param name="session">The moto.</param>
    /// <param name="infrastructure">The root's configuration.</param>
    /// <param name="rules">Lines of <c>adoption:</c> in mayfly.yaml.</param>
    public AdoptionStack(AwsSession session, string infrastructure, string rules = "")
    {
        _session = session;
        Write("infra/main.tf", $$"""
            terraform {
              required_providers {
                aws = {
                  source = "hashicorp/aws"
                }
              }
            }

            provider "aws" {
              region = "us-east-1"
              default_tags {
                tags = { "mayfly:environment" = "pr-7" }
              }
            }

            {{infrastructure}}
            """);
        Write("infra/logs/main.tf", """
            variable "name" {
              type = string
            }

            resource "aws_cloudwatch_log_group" "this" {
              for_each = toset(["a.b", "c"])
              name     = "/pr-7/${var.name}/${each.key}"
            }
            """);
        Write("charts/app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        Write("mayfly.yaml", $"""
            project: adoption
            cloud:
              aws_endpoint: {session.Options.Endpoint!.AbsoluteUri.TrimEnd('/')}
            state:
              path: state
            terraform:
              layers:
                - name: all
                  root: infra
            {rules}
            """);
        Write("terraform.tfrc", $"provider_installation {{\n  filesystem_mirror {{\n    path = \"{Mirror()}\"\n  }}\n}}\ndisable_checkpoint = true\n");
    }

    /// <summary>Done once, just before terraform applies: what happens between a plan and its apply.</summary>
    public Func<CancellationToken, Task>? BeforeApply { get; set; }

    /// <summary>In place of the search for orphans; null: the real one.</summary>
    public Func<IOrphanFinder, IOrphanFinder>? Finder { get; init; }

    /// <summary>Writes a file.</summary>
    public string Write(string relative, string content)
    {
        var path = Path.Combine(_folder.FullName, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Forgets the state.</summary>
    public void LoseState() => Directory.Delete(Path.Combine(_folder.FullName, "state"), recursive: true);

    /// <summary>Reconciles and applies, as a converging run does; how it ended, and what it told.</summary>
    public async Task<(RunEnd End, IReadOnlyList<RunEvent> Events)> ConvergeAsync(CancellationToken ct)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        var home = Path.Combine(_folder.FullName, "home");
        var configuration = ConfigurationLoader.Load(Path.Combine(_folder.FullName, "mayfly.yaml"));
        var store = new DirectoryStore(Path.Combine(_folder.FullName, "state"), TimeProvider.System);
        await store.EnsureExistsAsync(ct);
        var world = new World(
            TimeProvider.System, home, new ToolEnvironment(variables), new Tools(this, new ToolRunner(TimeProvider.System)), _session, new AwsAccount(_session),
            store, new HttpProbe(new NameResolver(null, []), null));
        var blueprint = new Blueprint(configuration, EnvironmentNames.Create(new PullRequest(7, "adoption", null), configuration)) { Account = "123456789012" };
        await using var door = new ClusterDoor(world.Account, blueprint.ClusterName, Path.Combine(home, "kube"), world.Clock);
        await using var lease = new RunLease(store, RunParts.LeaseKey(blueprint), new LeaseTerms("run-1", "up", Holder.ThisProcess(), TimeSpan.FromMinutes(1)), world.Clock);
        var roots = new TerraformRoots(world, blueprint);
        var plans = new LayerPlans(roots, door);
        var layer = roots.Layers[0];
        IOrphanFinder finder = new OrphanFinder(blueprint, _session, door);
        var feed = new RunFeed(world.Clock);
        var events = feed.Subscribe();
        var end = await new Converger(new BudgetSettings(), world.Clock, new Random(7)).ConvergeAsync(
            new Run("run-1", blueprint.Environment, feed),
            [new ReconcileLayer(layer, roots, plans, Finder?.Invoke(finder) ?? finder, lease), new ApplyLayer(layer, roots, plans, door, lease)], ct);
        feed.Complete();
        return (end, await events.ReadAllAsync(ct).ToListAsync(ct));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Mirror()
    {
        var platform = (OperatingSystem.IsMacOS() ? "darwin" : "linux") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "_arm64" : "_amd64");
        var program = Environment.GetEnvironmentVariable("MAYFLY_PROVIDER") is { Length: > 0 } published
            ? published : Path.Combine(Repository.Source, "artifacts", "publish", "mayfly-provider");
        var launcher = Write($"mirror/registry.terraform.io/hashicorp/aws/{Version}/{platform}/terraform-provider-aws_v{Version}", $"#!/bin/sh\nexec '{program}' aws\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Path.Combine(_folder.FullName, "mirror");
    }

    /// <summary>The real tools, with what they need to find this AWS, and a moment before the first apply.</summary>
    private sealed class Tools(AdoptionStack stack, IToolRunner tools) : IToolRunner
    {
        public async Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
        {
            if (call.Arguments[0] == "apply" && stack.BeforeApply is { } before)
            {
                stack.BeforeApply = null;
                await before(ct);
            }

            var environment = new Dictionary<string, string?>(call.Environment, StringComparer.Ordinal)
            {
                ["TF_CLI_CONFIG_FILE"] = Path.Combine(stack._folder.FullName, "terraform.tfrc"),
                ["AWS_ACCESS_KEY_ID"] = "AKIATESTTESTTESTTEST",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
            };
            return await tools.RunAsync(call with { Environment = environment }, ct);
        }
    }
}
