locals {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
  trust  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  arn    = "arn:aws:iam::123456789012"
}

resource "aws_iam_role" "this" {
  count              = 2
  name               = "pr-42-${count.index}"
  assume_role_policy = local.trust
}

resource "aws_iam_policy" "this" {
  count  = 2
  name   = "pr-42-${count.index}"
  policy = local.policy
}

resource "aws_iam_role_policy" "this" {
  count  = 2
  name   = "inline-${count.index}"
  role   = aws_iam_role.this[0].name
  policy = local.policy
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = 2
  role       = aws_iam_role.this[0].name
  policy_arn = "${local.arn}:policy/pr-42-${count.index}"
}

resource "aws_iam_instance_profile" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_iam_openid_connect_provider" "this" {
  count           = 2
  url             = "https://oidc.example.org/id/${count.index}"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
}

resource "aws_iam_user" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_iam_group" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_iam_user_policy_attachment" "this" {
  count      = 2
  user       = aws_iam_user.this[0].name
  policy_arn = "${local.arn}:policy/pr-42-${count.index}"
}

resource "aws_cloudwatch_log_group" "this" {
  count = 2
  name  = "/aws/eks/pr-42-${count.index}"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  count               = 2
  alarm_name          = "pr-42-${count.index}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "CPU"
  namespace           = "x"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
}

resource "aws_cloudwatch_dashboard" "this" {
  count          = 2
  dashboard_name = "pr-42-${count.index}"
  dashboard_body = "{}"
}

resource "aws_cloudwatch_event_rule" "this" {
  count               = 2
  name                = "pr-42-${count.index}"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "this" {
  count     = 2
  rule      = aws_cloudwatch_event_rule.this[0].name
  target_id = "job-${count.index}"
  arn       = "arn:aws:sqs:us-east-1:123456789012:x"
}

resource "aws_secretsmanager_secret" "this" {
  count = 2
  name  = "pr-42-ephemeral/${count.index}"
}

resource "aws_kms_key" "this" {
  for_each = toset(["there", "absent"])
  tags     = { Name = each.key }
}

resource "aws_kms_alias" "this" {
  count         = 2
  name          = "alias/pr-42-${count.index}"
  target_key_id = aws_kms_key.this["there"].key_id
}

resource "aws_ssm_parameter" "this" {
  count = 2
  name  = "/pr-42/${count.index}"
  type  = "String"
  value = "x"
}

resource "aws_s3_bucket" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
}

resource "aws_s3_bucket_versioning" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::pr-42-${count.index}/*", Principal = "*" }] })
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
  rule {
    id     = "old"
    status = "Enabled"
    expiration {
      days = 7
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = 2
  bucket = "pr-42-${count.index}"
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_ecr_repository" "this" {
  count = 2
  name  = "pr-42/${count.index}"
}

resource "aws_ecr_lifecycle_policy" "this" {
  count      = 2
  repository = "pr-42/${count.index}"
  policy     = jsonencode({ rules = [{ rulePriority = 1, selection = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }, action = { type = "expire" } }] })
}

resource "aws_ecr_repository_policy" "this" {
  count      = 2
  repository = "pr-42/${count.index}"
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ecr:BatchGetImage", Principal = "*" }] })
}

resource "aws_route53_zone" "this" {
  count = 2
  name  = "pr-42-${count.index}.example.org"
}

resource "aws_route53_record" "this" {
  count   = 2
  zone_id = aws_route53_zone.this[0].zone_id
  name    = "www-${count.index}.pr-42-0.example.org"
  type    = "A"
  ttl     = 60
  records = ["10.0.0.1"]
}

resource "aws_acm_certificate" "this" {
  count             = 2
  domain_name       = "pr-42-${count.index}.example.org"
  validation_method = "DNS"
}

resource "aws_db_parameter_group" "this" {
  count  = 2
  name   = "pr-42-${count.index}"
  family = "postgres15"
}

resource "aws_db_instance" "this" {
  count             = 2
  identifier        = "pr-42-${count.index}"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  allocated_storage = 10
  username          = "u"
  password          = "passpass"
}

resource "aws_rds_cluster" "this" {
  count              = 2
  cluster_identifier = "pr-42-cluster-${count.index}"
  engine             = "aurora-postgresql"
}

resource "aws_rds_cluster_instance" "this" {
  count              = 2
  identifier         = "pr-42-member-${count.index}"
  cluster_identifier = "pr-42-cluster-0"
  engine             = "aurora-postgresql"
  instance_class     = "db.t3.medium"
}

resource "aws_elasticache_cluster" "this" {
  count           = 2
  cluster_id      = "pr-42-${count.index}"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
}

resource "aws_elasticache_replication_group" "this" {
  count                = 2
  replication_group_id = "pr-42-group-${count.index}"
  description          = "x"
  node_type            = "cache.t3.micro"
}

resource "aws_dynamodb_table" "this" {
  count        = 2
  name         = "pr-42-${count.index}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_sqs_queue" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_sns_topic" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_sns_topic_subscription" "this" {
  count     = 2
  topic_arn = aws_sns_topic.this[0].arn
  protocol  = "sqs"
  endpoint  = "arn:aws:sqs:us-east-1:123456789012:pr-42-${count.index}"
}
