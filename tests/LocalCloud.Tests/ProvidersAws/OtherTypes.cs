namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The types beyond a plain EKS stack.</summary>
internal static class OtherTypes
{
    /// <summary>One of each under a name.</summary>
    public static string Configuration(string name) => $$"""
        resource "aws_vpc" "this" {
          cidr_block = "10.77.0.0/16"
        }

        resource "aws_internet_gateway" "this" {
          vpc_id = aws_vpc.this.id
        }

        resource "aws_subnet" "this" {
          count             = 2
          vpc_id            = aws_vpc.this.id
          cidr_block        = cidrsubnet("10.77.0.0/16", 8, count.index)
          availability_zone = ["us-east-1a", "us-east-1b"][count.index]
        }

        resource "aws_security_group" "this" {
          name   = "{{name}}-lb"
          vpc_id = aws_vpc.this.id
        }

        resource "aws_kms_key" "this" {
          description         = "{{name}}"
          enable_key_rotation = true
        }

        resource "aws_kms_alias" "this" {
          name          = "alias/{{name}}"
          target_key_id = aws_kms_key.this.key_id
        }

        resource "aws_s3_bucket" "this" {
          bucket = "{{name}}-bucket"
        }

        resource "aws_s3_bucket_versioning" "this" {
          bucket = aws_s3_bucket.this.id
          versioning_configuration {
            status = "Enabled"
          }
        }

        resource "aws_s3_bucket_public_access_block" "this" {
          bucket                  = aws_s3_bucket.this.id
          block_public_acls       = true
          block_public_policy     = true
          ignore_public_acls      = true
          restrict_public_buckets = true
        }

        resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
          bucket = aws_s3_bucket.this.id
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm = "AES256"
            }
          }
        }

        resource "aws_s3_bucket_policy" "this" {
          bucket = aws_s3_bucket.this.id
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Action = "s3:GetObject", Effect = "Allow", Principal = "*", Resource = "${aws_s3_bucket.this.arn}/*" }]
          })
        }

        resource "aws_ecr_repository" "this" {
          name = "{{name}}/app"
          image_scanning_configuration {
            scan_on_push = true
          }
        }

        resource "aws_ecr_lifecycle_policy" "this" {
          repository = aws_ecr_repository.this.name
          policy = jsonencode({
            rules = [{
              rulePriority = 1
              selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }
              action       = { type = "expire" }
            }]
          })
        }

        resource "aws_route53_zone" "this" {
          name = "{{name}}.test"
        }

        resource "aws_route53_record" "app" {
          zone_id = aws_route53_zone.this.zone_id
          name    = "app"
          type    = "TXT"
          ttl     = 60
          records = ["one", "two"]
        }

        resource "aws_route53_record" "alias" {
          zone_id = aws_route53_zone.this.zone_id
          name    = "lb.{{name}}.test"
          type    = "A"
          alias {
            name                   = aws_lb.this.dns_name
            zone_id                = aws_lb.this.zone_id
            evaluate_target_health = true
          }
        }

        resource "aws_acm_certificate" "this" {
          domain_name       = "{{name}}.test"
          validation_method = "DNS"
        }

        resource "aws_route53_record" "validation" {
          for_each = { for option in aws_acm_certificate.this.domain_validation_options : option.domain_name => option }
          zone_id  = aws_route53_zone.this.zone_id
          name     = each.value.resource_record_name
          type     = each.value.resource_record_type
          records  = [each.value.resource_record_value]
          ttl      = 60
        }

        resource "aws_lb" "this" {
          name            = "{{name}}"
          subnets         = aws_subnet.this[*].id
          security_groups = [aws_security_group.this.id]
          idle_timeout    = 90
          depends_on      = [aws_internet_gateway.this]
        }

        resource "aws_lb_target_group" "this" {
          name        = "{{name}}"
          port        = 80
          protocol    = "HTTP"
          vpc_id      = aws_vpc.this.id
          target_type = "ip"
          health_check {
            path = "/healthz"
          }
        }

        resource "aws_lb_listener" "this" {
          load_balancer_arn = aws_lb.this.arn
          port              = 80
          protocol          = "HTTP"
          default_action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.this.arn
          }
        }

        resource "aws_lb_listener_rule" "this" {
          listener_arn = aws_lb_listener.this.arn
          priority     = 10
          action {
            type = "fixed-response"
            fixed_response {
              content_type = "text/plain"
              message_body = "no"
              status_code  = "404"
            }
          }
          condition {
            path_pattern {
              values = ["/x/*"]
            }
          }
        }

        resource "aws_sqs_queue" "this" {
          name                       = "{{name}}"
          visibility_timeout_seconds = 45
        }

        resource "aws_sns_topic" "this" {
          name = "{{name}}"
        }

        resource "aws_sns_topic_subscription" "this" {
          topic_arn = aws_sns_topic.this.arn
          protocol  = "sqs"
          endpoint  = aws_sqs_queue.this.arn
        }

        resource "aws_dynamodb_table" "this" {
          name         = "{{name}}"
          billing_mode = "PAY_PER_REQUEST"
          hash_key     = "id"
          attribute {
            name = "id"
            type = "S"
          }
          attribute {
            name = "owner"
            type = "S"
          }
          global_secondary_index {
            name            = "owners"
            hash_key        = "owner"
            projection_type = "ALL"
          }
        }

        resource "aws_db_subnet_group" "this" {
          name       = "{{name}}"
          subnet_ids = aws_subnet.this[*].id
        }

        resource "aws_launch_template" "this" {
          name          = "{{name}}"
          instance_type = "t3.medium"
          metadata_options {
            http_tokens = "required"
          }
          block_device_mappings {
            device_name = "/dev/xvda"
            ebs {
              volume_size = 20
              volume_type = "gp3"
            }
          }
          tag_specifications {
            resource_type = "instance"
            tags          = { Name = "{{name}}" }
          }
        }

        resource "aws_ssm_parameter" "this" {
          name  = "/{{name}}/parameter"
          type  = "SecureString"
          value = "v"
        }

        data "aws_ssm_parameter" "this" {
          name = aws_ssm_parameter.this.name
        }

        data "aws_vpc" "this" {
          id = aws_vpc.this.id
        }

        data "aws_subnets" "this" {
          filter {
            name   = "vpc-id"
            values = [aws_vpc.this.id]
          }
          depends_on = [aws_subnet.this]
        }

        data "aws_route53_zone" "this" {
          name = aws_route53_zone.this.name
        }
        """;
}
