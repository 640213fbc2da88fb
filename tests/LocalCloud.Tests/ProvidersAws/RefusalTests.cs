using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Tests.Aws;
using Mayfly.TerraformProviders.Aws.Core;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>What the stand-in for hashicorp/aws says when AWS says no, and what it does when others were at work.</summary>
public sealed class RefusalTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_exists_already_is_refused_in_the_words_of_the_real_provider()
    {
        const string Configuration = """
            resource "aws_iam_role" "a" {
              name               = "taken"
              assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
            }

            resource "aws_cloudwatch_log_group" "a" {
              name = "/taken"
            }

            resource "aws_secretsmanager_secret" "a" {
              name                    = "taken"
              recovery_window_in_days = 0
            }

            resource "aws_ecr_repository" "a" {
              name = "taken"
            }

            resource "aws_s3_bucket" "a" {
              bucket = "taken"
            }
            """;
        using var first = await AwsRoot.CreateAsync(aws, Configuration);
        await first.ApplyAsync();
        using var second = await AwsRoot.CreateAsync(aws, Configuration);

        var refused = (await second.RunAsync("apply", "-no-color", "-auto-approve")).Errors;

        foreach (var words in new[]
        {
            "Error: creating IAM Role (taken): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: ",
            ", EntityAlreadyExists: Role with name taken already exists.",
            "Error: creating CloudWatch Logs Log Group (/taken): operation error CloudWatch Logs: CreateLogGroup, https response error StatusCode: 400, RequestID: ",
            ", ResourceAlreadyExistsException: ",
            "Error: creating Secrets Manager Secret (taken): operation error Secrets Manager: CreateSecret, https response error StatusCode: 400, RequestID: ",
            ", ResourceExistsException: ",
            "Error: creating ECR Repository (taken): operation error ECR: CreateRepository, https response error StatusCode: 400, RequestID: ",
            ", RepositoryAlreadyExistsException: ",
            "Error: creating S3 Bucket (taken): BucketAlreadyExists",
        })
        {
            Assert.Contains(words, Unwrapped(refused), StringComparison.Ordinal);
        }

        await first.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task What_others_still_need_is_not_deleted_and_the_reason_is_told()
    {
        using var root = await AwsRoot.CreateAsync(aws, """
            resource "aws_vpc" "a" {
              cidr_block = "10.60.0.0/16"
            }
            """);
        await root.ApplyAsync();
        var vpc = (await root.StateAsync("aws_vpc.a")).Text("id");
        var cloud = Leftovers.CloudOf(aws);
        var subnet = await cloud.CallAsync(AwsApi.Ec2, "CreateSubnet", new() { ["VpcId"] = vpc, ["CidrBlock"] = "10.60.1.0/24" }, Ct);

        var refused = Unwrapped((await root.RunAsync("destroy", "-no-color", "-auto-approve")).Errors);

        Assert.Contains($"Error: deleting EC2 VPC ({vpc}): operation error EC2: DeleteVpc, https response error StatusCode: 400, RequestID: ", refused, StringComparison.Ordinal);
        Assert.Contains(", api error DependencyViolation: ", refused, StringComparison.Ordinal);
        await cloud.CallAsync(AwsApi.Ec2, "DeleteSubnet", new() { ["SubnetId"] = subnet.Must("subnet.subnetId") }, Ct);
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task An_argument_that_has_no_effect_here_is_refused_before_anything_is_created()
    {
        using var root = await AwsRoot.CreateAsync(aws, """
            resource "aws_vpc" "a" {
              cidr_block          = "10.61.0.0/16"
              ipv4_netmask_length = 16
            }

            resource "aws_cloudwatch_log_group" "a" {
              name   = "/elsewhere"
              region = "eu-west-1"
            }

            resource "aws_cloudfront_distribution" "a" {
              enabled = true
              default_cache_behavior {
                allowed_methods        = ["GET"]
                cached_methods         = ["GET"]
                target_origin_id       = "a"
                viewer_protocol_policy = "allow-all"
              }
              origin {
                domain_name = "a.test"
                origin_id   = "a"
              }
              restrictions {
                geo_restriction {
                  restriction_type = "none"
                }
              }
              viewer_certificate {
                cloudfront_default_certificate = true
              }
            }
            """);
        var mark = aws.Aws.Proxy.Log.Last;

        var refused = Unwrapped((await root.RunAsync("apply", "-no-color", "-auto-approve")).Errors);

        Assert.Contains("aws_vpc: the local cloud cannot honour the argument \"ipv4_netmask_length\"", refused, StringComparison.Ordinal);
        Assert.Contains("aws_cloudwatch_log_group: the local cloud cannot honour the argument \"region\"", refused, StringComparison.Ordinal);
        Assert.Contains("creating aws_cloudfront_distribution: the local cloud cannot create it", refused, StringComparison.Ordinal);
        Assert.Empty(aws.Aws.Proxy.Log.WritesSince(mark));
    }

    [Fact]
    public async Task What_somebody_changed_or_deleted_is_seen_and_put_right()
    {
        using var root = await AwsRoot.CreateAsync(aws, """
            resource "aws_vpc" "a" {
              cidr_block = "10.62.0.0/16"
              tags       = { Name = "mine" }
            }

            resource "aws_security_group" "a" {
              name   = "drift"
              vpc_id = aws_vpc.a.id
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.0.0.0/8"]
              }
            }

            resource "aws_cloudwatch_log_group" "a" {
              name = "/drift"
            }
            """);
        await root.ApplyAsync();
        var (vpc, group) = ((await root.StateAsync("aws_vpc.a")).Text("id"), (await root.StateAsync("aws_security_group.a")).Text("id"));
        var cloud = Leftovers.CloudOf(aws);
        await cloud.CallAsync(AwsApi.Ec2, "CreateTags", new()
        {
            ["ResourceId"] = new JsonArray(vpc),
            ["Tag"] = new JsonArray(new JsonObject { ["Key"] = "Name", ["Value"] = "theirs" }),
        }, Ct);
        await cloud.CallAsync(AwsApi.Ec2, "AuthorizeSecurityGroupIngress", new()
        {
            ["GroupId"] = group,
            ["IpPermissions"] = Mayfly.TerraformProviders.Aws.Ec2.Permission.ToRequest([new("tcp", 22, 22, "cidr_blocks", "0.0.0.0/0", "")]),
        }, Ct);
        await cloud.CallAsync(AwsApi.Logs, "DeleteLogGroup", new() { ["logGroupName"] = "/drift" }, Ct);

        var changes = await root.PlanAsync();

        Assert.Equal("update", changes["aws_vpc.a"].Actions());
        Assert.Equal("theirs", changes["aws_vpc.a"].GetProperty("before").GetProperty("tags").Text("Name"));
        Assert.Equal("update", changes["aws_security_group.a"].Actions());
        Assert.Equal("create", changes["aws_cloudwatch_log_group.a"].Actions());
        await root.MustAsync("apply", "-no-color", "plan");
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }

    [Fact]
    public async Task A_policy_document_is_letter_by_letter_that_of_the_real_provider()
    {
        using var root = await AwsRoot.CreateAsync(aws, """
            data "aws_iam_policy_document" "base" {
              statement {
                sid       = "Base"
                actions   = ["s3:ListBucket"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "a" {
              source_policy_documents = [data.aws_iam_policy_document.base.json]
              statement {
                sid     = "x"
                actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::123456789012:oidc-provider/a"]
                }
                condition {
                  test     = "StringLike"
                  variable = "a:sub"
                  values   = ["b", "a<>&{aws:username}"]
                }
              }
              statement {
                effect      = "Deny"
                not_actions = ["s3:*"]
                resources   = ["a", "b"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }
            """);
        await root.ApplyAsync();

        Assert.Equal("""
            {"Version":"2012-10-17","Statement":[{"Sid":"Base","Effect":"Allow","Action":"s3:ListBucket","Resource":"*"},
            {"Sid":"x","Effect":"Allow","Action":["sts:TagSession","sts:AssumeRoleWithWebIdentity"],
            "Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/a"},
            "Condition":{"StringLike":{"a:sub":["b","a\u003c\u003e${aws:username}"]}}},
            {"Effect":"Deny","NotAction":"s3:*","Resource":["b","a"],"Principal":"*"}]}
            """.Replace("\n", "", StringComparison.Ordinal), (await root.StateAsync("data.aws_iam_policy_document.a")).Text("minified_json"));
    }

    // Terraform breaks long lines and draws a border where it does.
    private static string Unwrapped(string errors) => string.Join(' ', errors.Replace("│", " ", StringComparison.Ordinal)
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
