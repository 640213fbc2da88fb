namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The types that an import cannot tell everything of: what only the provider knows is planned as an update in place.</summary>
internal static class StatefulTypes
{
    /// <summary>One of each under a name.</summary>
    public static string Configuration(string name) => $$"""
        resource "aws_vpc" "this" {
          cidr_block = "10.78.0.0/16"
        }

        resource "aws_subnet" "this" {
          count             = 2
          vpc_id            = aws_vpc.this.id
          cidr_block        = cidrsubnet("10.78.0.0/16", 8, count.index)
          availability_zone = ["us-east-1a", "us-east-1b"][count.index]
        }

        resource "aws_s3_bucket" "this" {
          bucket        = "{{name}}-bucket"
          force_destroy = true
        }

        resource "aws_s3_object" "this" {
          bucket  = aws_s3_bucket.this.id
          key     = "a/b.txt"
          content = "hello"
        }

        resource "aws_db_subnet_group" "this" {
          name       = "{{name}}"
          subnet_ids = aws_subnet.this[*].id
        }

        resource "aws_db_instance" "this" {
          identifier           = "{{name}}"
          engine               = "postgres"
          engine_version       = "15"
          instance_class       = "db.t3.micro"
          allocated_storage    = 20
          db_name              = "app"
          username             = "app"
          password             = "secretsecret"
          db_subnet_group_name = aws_db_subnet_group.this.name
          skip_final_snapshot  = true
        }

        resource "aws_elasticache_replication_group" "this" {
          replication_group_id = "{{name}}"
          description          = "redis"
          node_type            = "cache.t3.micro"
          num_cache_clusters   = 1
        }
        """;
}
