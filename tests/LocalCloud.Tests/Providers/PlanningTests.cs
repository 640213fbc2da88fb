using System.Text.Json;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>Roots are validated and planned as with the real providers, whether or not the local cloud can create what they hold.</summary>
public sealed class PlanningTests
{
    // Nothing listens there: no plan of something new may ask.
    private const string Aws =
        """
        provider "aws" {
          region                      = "us-east-1"
          access_key                  = "x"
          secret_key                  = "x"
          skip_credentials_validation = true
          skip_requesting_account_id  = true
          skip_metadata_api_check     = true
          default_tags {
            tags = { env = "pr-1" }
          }
          endpoints {
            ec2 = "http://127.0.0.1:9"
            sts = "http://127.0.0.1:9"
            eks = "http://127.0.0.1:9"
            iam = "http://127.0.0.1:9"
          }
        }

        """;

    [Theory]
    [InlineData("a typo", "cidr_blok = \"10.0.0.0/16\"", "An argument named \"cidr_blok\" is not expected here.")]
    [InlineData("a block that does not exist", "cidr_block = \"10.0.0.0/16\"\n  subnets {\n  }", "Blocks of type \"subnets\" are not expected here.")]
    [InlineData("a wrong type", "cidr_block = \"10.0.0.0/16\"\n  enable_dns_hostnames = [1]", "Inappropriate value for attribute \"enable_dns_hostnames\": bool required")]
    [InlineData("a read-only attribute", "cidr_block = \"10.0.0.0/16\"\n  arn = \"x\"", "Can't configure a value for \"arn\"")]
    public async Task A_mistake_in_a_resource_is_found(string mistake, string arguments, string error)
    {
        using var root = new TerraformRoot($"{Aws}resource \"aws_vpc\" \"a\" {{\n  {arguments}\n}}\n");
        await root.InitAsync();

        var answer = await root.RunAsync("validate", "-no-color", "-json");

        using var document = JsonDocument.Parse(answer.Output);
        var diagnostic = document.RootElement.GetProperty("diagnostics")[0];
        Assert.True(answer.ExitCode == 1, mistake);
        Assert.Contains(
            error,
            $"{diagnostic.GetProperty("summary").GetString()} {diagnostic.GetProperty("detail").GetString()}",
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_argument_and_a_missing_block_are_found()
    {
        using var root = new TerraformRoot(Aws + "resource \"aws_eks_cluster\" \"a\" {\n  name = \"x\"\n}\n");
        await root.InitAsync();

        var answer = await root.RunAsync("validate", "-no-color");

        Assert.Contains("The argument \"role_arn\" is required", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("At least 1 \"vpc_config\" blocks are required", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loops_modules_dynamic_blocks_and_unknown_values_are_planned()
    {
        using var root = new TerraformRoot(Aws +
            """
            module "net" {
              source = "./net"
              zones  = toset(["a", "b"])
            }
            resource "aws_eks_cluster" "a" {
              name     = "pr-1"
              role_arn = "arn:aws:iam::123456789012:role/x"
              vpc_config {
                subnet_ids = module.net.subnet_ids
              }
            }
            resource "aws_security_group" "a" {
              name   = "a"
              vpc_id = module.net.vpc_id
              dynamic "ingress" {
                for_each = [80, 443]
                content {
                  from_port   = ingress.value
                  to_port     = ingress.value
                  protocol    = "tcp"
                  cidr_blocks = ["0.0.0.0/0"]
                }
              }
            }
            resource "aws_eip" "a" {
              count  = 2
              domain = "vpc"
            }
            """);
        root.Write(
            "net/main.tf",
            """
            variable "zones" {
              type = set(string)
            }
            resource "aws_vpc" "this" {
              cidr_block = "10.0.0.0/16"
              tags       = { Name = "x" }
            }
            resource "aws_subnet" "this" {
              for_each          = var.zones
              vpc_id            = aws_vpc.this.id
              cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, index(tolist(var.zones), each.key))
              availability_zone = "us-east-1${each.key}"
            }
            output "vpc_id" {
              value = aws_vpc.this.id
            }
            output "subnet_ids" {
              value = [for subnet in aws_subnet.this : subnet.id]
            }
            """);
        await root.InitAsync();

        var changes = await root.PlanAsync();

        Assert.Equal(7, changes.Count);
        Assert.All(changes.Values, change => Assert.Equal("create", change.GetProperty("actions")[0].GetString()));
        var vpc = changes["module.net.aws_vpc.this"];
        Assert.Equal("10.0.0.0/16", vpc.GetProperty("after").GetProperty("cidr_block").GetString());
        Assert.True(vpc.GetProperty("after_unknown").GetProperty("id").GetBoolean());
        Assert.Equal("pr-1", vpc.GetProperty("after").GetProperty("tags_all").GetProperty("env").GetString());
        var group = changes["aws_security_group.a"];
        Assert.Equal(2, group.GetProperty("after").GetProperty("ingress").GetArrayLength());
        Assert.True(group.GetProperty("after_unknown").GetProperty("vpc_id").GetBoolean());
    }

    [Fact]
    public async Task A_type_that_cannot_be_created_is_planned_and_named_at_apply()
    {
        using var root = new TerraformRoot(Aws + "resource \"aws_glacier_vault\" \"a\" {\n  name = \"cold\"\n}\n");
        await root.InitAsync();
        Assert.Equal("cold", (await root.PlanAsync())["aws_glacier_vault.a"].GetProperty("after").GetProperty("name").GetString());

        var answer = await root.RunAsync("apply", "-no-color", "plan");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("aws_glacier_vault", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("local cloud cannot create", answer.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await root.MustAsync("state", "list")).Trim());
    }

    [Fact]
    public async Task What_is_sensitive_is_hidden_and_what_is_written_only_is_not_saved()
    {
        using var root = new TerraformRoot(Aws +
            """
            resource "aws_db_instance" "a" {
              instance_class = "db.t3.micro"
              password       = "hunter2"
            }
            resource "aws_secretsmanager_secret_version" "a" {
              secret_id                = "x"
              secret_string_wo         = "hunter2"
              secret_string_wo_version = 1
            }
            """);
        await root.InitAsync();

        Assert.DoesNotContain("hunter2", await root.MustAsync("plan", "-no-color"), StringComparison.Ordinal);
        var version = (await root.PlanAsync())["aws_secretsmanager_secret_version.a"].GetProperty("after");
        Assert.Equal(JsonValueKind.Null, version.GetProperty("secret_string_wo").ValueKind);
    }
}
