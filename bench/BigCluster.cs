using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Mayfly.Bench;

/// <summary>A plan of many objects in a cluster of the local cloud: what reconcile takes outside of terraform, and how often it asks the cluster.</summary>
internal static class BigCluster
{
    private const string Environment = "pr-78";
    private const int Namespaces = 4, Kinds = 3;

    private static readonly string[] Command = ["--local", "--pr", "78", "--branch", "big", "--output", "json"];

    /// <summary>Makes the repository and its cluster, measures, prints a table; 0 when the limits hold.</summary>
    /// <param name="program">mayfly.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <param name="objects">How many objects.</param>
    public static async Task<int> RunAsync(string program, string folder, int objects)
    {
        var repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName;
        Write(repository, 0);
        Measure.OwnHome(folder);
        var shims = await ToolShims.CreateAsync(folder);
        await Measure.RunAsync(program, repository, shims, ["local", "start"]);
        try
        {
            var made = await Measure.RunAsync(program, repository, shims, ["stage", "apply", .. Command]);
            Write(repository, objects);
            var reconcile = await Measure.RunAsync(program, repository, shims, ["stage", "reconcile", .. Command]);
            var own = reconcile.Wall - reconcile.Tools;
            var asked = await AskedAsync(folder);
            var table = new Table().AddColumn("what").AddColumn("measured").AddColumn("wanted")
                .AddRow("the cluster", $"exit {made.ExitCode}", "exit 0")
                .AddRow($"reconcile, {objects} objects to create", $"{reconcile.Wall.TotalSeconds:0.0} s, exit {reconcile.ExitCode}", "exit 0")
                .AddRow("of which terraform", $"{reconcile.Tools.TotalSeconds:0.0} s", "")
                .AddRow("own time", $"{own.TotalSeconds:0.00} s", "< 10 s")
                .AddRow("own memory", $"{reconcile.PeakBytes / 1e6:0} MB", "< 300 MB")
                .AddRow("questions about them to the cluster", $"{asked}", $"<= {Namespaces * Kinds}");
            AnsiConsole.Write(table);
            return made.ExitCode == 0 && reconcile.ExitCode == 0 && own < TimeSpan.FromSeconds(10) && reconcile.PeakBytes < 300e6 && asked <= Namespaces * Kinds ? 0 : 1;
        }
        finally
        {
            await Measure.StopAsync(program, repository);
        }
    }

    // The namespaces are only planned, so nobody else asks about them.
    private static async Task<int> AskedAsync(string folder)
    {
        using var cloud = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "home", "local", "cloud.json")));
        using var http = new HttpClient();
        var control = cloud.RootElement.GetProperty("control").GetString()!.TrimEnd('/');
        using var requests = JsonDocument.Parse(await http.GetByteArrayAsync($"{control}/requests/kubernetes/{Environment}?since=0"));
        return requests.RootElement.EnumerateArray().Count(request => request.GetProperty("path").GetString()!.StartsWith("/api/v1/namespaces/big-", StringComparison.Ordinal));
    }

    private static void Write(string repository, int objects)
    {
        var chart = Directory.CreateDirectory(Path.Combine(repository, "charts", "app")).FullName;
        File.WriteAllText(Path.Combine(chart, "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        File.WriteAllText(Path.Combine(repository, "mayfly.yaml"), """
            project: objects
            state:
              bucket: objects-state
            terraform:
              layers:
                - name: aws
                  root: infra/aws
                - name: cluster
                  root: infra/cluster
                  needs_cluster: true
              variables:
                env_id: "{env_id}"
            """);
        var aws = Directory.CreateDirectory(Path.Combine(repository, "infra", "aws")).FullName;
        File.WriteAllText(Path.Combine(aws, "main.tf"), Provider + """
            resource "aws_iam_role" "this" {
              name               = var.env_id
              assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }] })
            }

            resource "aws_vpc" "this" {
              cidr_block = "10.78.0.0/16"
            }

            resource "aws_subnet" "this" {
              for_each          = { us-east-1a = 1, us-east-1b = 2 }
              vpc_id            = aws_vpc.this.id
              cidr_block        = "10.78.${each.value}.0/24"
              availability_zone = each.key
            }

            resource "aws_eks_cluster" "this" {
              name     = var.env_id
              role_arn = aws_iam_role.this.arn
              vpc_config {
                subnet_ids = [for subnet in aws_subnet.this : subnet.id]
              }
            }

            """);
        var cluster = Directory.CreateDirectory(Path.Combine(repository, "infra", "cluster")).FullName;
        File.WriteAllText(Path.Combine(cluster, "main.tf"), Provider + """
            data "aws_eks_cluster" "this" {
              name = var.env_id
            }

            data "aws_eks_cluster_auth" "this" {
              name = var.env_id
            }

            provider "kubernetes" {
              host                   = data.aws_eks_cluster.this.endpoint
              cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
              token                  = data.aws_eks_cluster_auth.this.token
            }

            """ + string.Join('\n', Enumerable.Range(0, Namespaces).SelectMany(space => new[] { "config_map", "secret", "service_account" }.Select(kind => $$"""
            resource "kubernetes_{{kind}}_v1" "n{{space}}" {
              count = {{(objects / Namespaces / Kinds).ToString(CultureInfo.InvariantCulture)}}
              metadata {
                name      = "x-${count.index}"
                namespace = "big-{{space}}"
              }
            }

            """))));
    }

    private const string Provider = """
        terraform {
          required_providers {
            aws = { source = "hashicorp/aws" }
            kubernetes = { source = "hashicorp/kubernetes" }
          }
        }

        variable "env_id" {
          type = string
        }

        provider "aws" {
          region = "us-east-1"
          default_tags {
            tags = { "mayfly:environment" = var.env_id }
          }
        }

        """;
}
