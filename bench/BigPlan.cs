using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Mayfly.Bench;

/// <summary>
/// A root of thousands of resources of real types, planned by the real terraform on the local cloud: what reconcile takes outside of
/// terraform, in time, memory and calls.
/// </summary>
internal static class BigPlan
{
    private const int Blocks = 25, Environment = 77;

    private static readonly string[] Command = ["--local", "--pr", Environment.ToString(CultureInfo.InvariantCulture), "--branch", "big", "--output", "json"];

    /// <summary>Makes the repository, measures, prints a table; 0 when the limits hold.</summary>
    /// <param name="program">mayfly.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <param name="resources">How many resources.</param>
    public static async Task<int> RunAsync(string program, string folder, int resources)
    {
        var repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName;
        Write(repository, resources);
        Measure.OwnHome(folder);
        var shims = await ToolShims.CreateAsync(folder);
        await Measure.RunAsync(program, repository, shims, ["local", "start"]);
        try
        {
            // The first run initialises the root.
            await Measure.RunAsync(program, repository, shims, ["stage", "prune", .. Command]);
            var before = await CallsAsync(folder);
            var reconcile = await Measure.RunAsync(program, repository, shims, ["stage", "reconcile", .. Command]);
            var calls = await CallsAsync(folder) - before;
            var own = reconcile.Wall - reconcile.Tools;
            var table = new Table().AddColumn("what").AddColumn("measured").AddColumn("wanted")
                .AddRow($"reconcile, {resources} to create", $"{reconcile.Wall.TotalSeconds:0.0} s, exit {reconcile.ExitCode}", "exit 0")
                .AddRow("of which terraform", $"{reconcile.Tools.TotalSeconds:0.0} s", "")
                .AddRow("own time", $"{own.TotalSeconds:0.00} s", "< 10 s")
                .AddRow("own memory", $"{reconcile.PeakBytes / 1e6:0} MB", "< 300 MB")
                .AddRow("calls of AWS, terraform's included", $"{calls}", "< 500");
            AnsiConsole.Write(table);
            return reconcile.ExitCode == 0 && own < TimeSpan.FromSeconds(10) && reconcile.PeakBytes < 300e6 && calls < 500 ? 0 : 1;
        }
        finally
        {
            await Measure.StopAsync(program, repository);
        }
    }

    // The local cloud numbers the requests to its AWS, whoever makes them.
    private static async Task<long> CallsAsync(string folder)
    {
        using var cloud = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "home", "local", "cloud.json")));
        using var http = new HttpClient();
        var control = cloud.RootElement.GetProperty("control").GetString()!.TrimEnd('/');
        using var requests = System.Text.Json.JsonDocument.Parse(await http.GetByteArrayAsync($"{control}/requests/aws?since=0"));
        return requests.RootElement.EnumerateArray().Select(request => request.GetProperty("number").GetInt64()).DefaultIfEmpty().Max();
    }

    private static void Write(string repository, int resources)
    {
        var infra = Directory.CreateDirectory(Path.Combine(repository, "infra")).FullName;
        var chart = Directory.CreateDirectory(Path.Combine(repository, "charts", "app")).FullName;
        File.WriteAllText(Path.Combine(chart, "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        File.WriteAllText(Path.Combine(repository, "mayfly.yaml"), """
            project: big
            state:
              bucket: big-state
            terraform:
              layers:
                - name: all
                  root: infra
              variables:
                env_id: "{env_id}"
            """);
        var text = new StringBuilder($$"""
            variable "env_id" {
              type = string
            }

            terraform {
              required_providers {
                aws = { source = "hashicorp/aws" }
              }
            }

            provider "aws" {
              region = "us-east-1"
              default_tags {
                tags = { "mayfly:environment" = var.env_id }
              }
            }

            locals {
              keys  = { for i in range({{resources / Blocks / 4}}) : format("%03d", i) => i }
              trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
            }

            """);

        // Many blocks of some keys: terraform's own time grows with the square of the keys of one block.
        for (var block = 0; block < Blocks; block++)
        {
            text.Append($$"""

                resource "aws_ssm_parameter" "p{{block}}" {
                  for_each = local.keys
                  name     = "/${var.env_id}/p{{block}}/${each.key}"
                  type     = "String"
                  value    = each.key
                }

                resource "aws_cloudwatch_log_group" "g{{block}}" {
                  for_each = local.keys
                  name     = "/${var.env_id}/g{{block}}/${each.key}"
                }

                resource "aws_sqs_queue" "q{{block}}" {
                  for_each = local.keys
                  name     = "${var.env_id}-q{{block}}-${each.key}"
                }

                resource "aws_iam_role" "r{{block}}" {
                  for_each           = local.keys
                  name               = "${var.env_id}-r{{block}}-${each.key}"
                  assume_role_policy = local.trust
                }

                """);
        }

        File.WriteAllText(Path.Combine(infra, "main.tf"), text.ToString());
    }
}
