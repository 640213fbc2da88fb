namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The types of a plain EKS stack, all of them.</summary>
internal static class PlainStack
{
    /// <summary>The stack under a name, with a CIDR block of its own.</summary>
    public static string Configuration(string name, int network = 50) => $$"""
        locals {
          name  = "{{name}}"
          block = "10.{{network}}.0.0/16"
        }

        data "aws_availability_zones" "all" {
          state = "available"
        }

        data "aws_caller_identity" "me" {}
        data "aws_partition" "here" {}
        data "aws_region" "here" {}

        resource "aws_vpc" "this" {
          cidr_block           = local.block
          enable_dns_hostnames = true
          tags                 = { Name = local.name }
        }

        resource "aws_internet_gateway" "this" {
          vpc_id = aws_vpc.this.id
        }

        resource "aws_subnet" "public" {
          count                   = 2
          vpc_id                  = aws_vpc.this.id
          cidr_block              = cidrsubnet(local.block, 8, count.index)
          availability_zone       = data.aws_availability_zones.all.names[count.index]
          map_public_ip_on_launch = true
          tags                    = { "kubernetes.io/role/elb" = "1" }
        }

        resource "aws_subnet" "private" {
          count             = 2
          vpc_id            = aws_vpc.this.id
          cidr_block        = cidrsubnet(local.block, 8, count.index + 10)
          availability_zone = data.aws_availability_zones.all.names[count.index]
        }

        resource "aws_eip" "nat" {
          domain = "vpc"
        }

        resource "aws_nat_gateway" "this" {
          allocation_id = aws_eip.nat.id
          subnet_id     = aws_subnet.public[0].id
          depends_on    = [aws_internet_gateway.this]
        }

        resource "aws_route_table" "public" {
          vpc_id = aws_vpc.this.id
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.this.id
          }
        }

        resource "aws_route_table" "private" {
          vpc_id = aws_vpc.this.id
        }

        resource "aws_route" "private" {
          route_table_id         = aws_route_table.private.id
          destination_cidr_block = "0.0.0.0/0"
          nat_gateway_id         = aws_nat_gateway.this.id
        }

        resource "aws_route_table_association" "public" {
          count          = 2
          subnet_id      = aws_subnet.public[count.index].id
          route_table_id = aws_route_table.public.id
        }

        resource "aws_default_security_group" "none" {
          vpc_id = aws_vpc.this.id
        }

        resource "aws_security_group" "inline" {
          name   = "${local.name}-inline"
          vpc_id = aws_vpc.this.id
          ingress {
            from_port   = 443
            to_port     = 443
            protocol    = "tcp"
            cidr_blocks = ["10.0.0.0/8"]
          }
          egress {
            from_port   = 0
            to_port     = 0
            protocol    = "-1"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }

        resource "aws_security_group" "separate" {
          name_prefix = "${local.name}-"
          vpc_id      = aws_vpc.this.id
        }

        resource "aws_security_group_rule" "web" {
          type                     = "ingress"
          security_group_id        = aws_security_group.separate.id
          source_security_group_id = aws_security_group.inline.id
          from_port                = 80
          to_port                  = 80
          protocol                 = "tcp"
          description              = "web"
        }

        resource "aws_vpc_security_group_ingress_rule" "ssh" {
          security_group_id = aws_security_group.separate.id
          cidr_ipv4         = "10.1.0.0/16"
          from_port         = 22
          to_port           = 22
          ip_protocol       = "tcp"
        }

        resource "aws_vpc_security_group_egress_rule" "all" {
          security_group_id = aws_security_group.separate.id
          cidr_ipv4         = "0.0.0.0/0"
          ip_protocol       = "-1"
        }

        resource "aws_vpc_endpoint" "s3" {
          vpc_id          = aws_vpc.this.id
          service_name    = "com.amazonaws.us-east-1.s3"
          route_table_ids = [aws_route_table.private.id]
        }

        data "aws_iam_policy_document" "cluster" {
          statement {
            actions = ["sts:AssumeRole", "sts:TagSession"]
            principals {
              type        = "Service"
              identifiers = ["eks.amazonaws.com"]
            }
          }
        }

        data "aws_iam_policy_document" "irsa" {
          statement {
            actions = ["sts:AssumeRoleWithWebIdentity"]
            principals {
              type        = "Federated"
              identifiers = [aws_iam_openid_connect_provider.this.arn]
            }
            condition {
              test     = "StringEquals"
              variable = "${replace(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://", "")}:sub"
              values   = ["system:serviceaccount:a:b"]
            }
          }
        }

        resource "aws_iam_role" "cluster" {
          name               = "${local.name}-cluster"
          assume_role_policy = data.aws_iam_policy_document.cluster.json
        }

        resource "aws_iam_role" "nodes" {
          name_prefix = "${local.name}-nodes"
          assume_role_policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }]
          })
        }

        resource "aws_iam_role" "pods" {
          name               = "${local.name}-pods"
          assume_role_policy = data.aws_iam_policy_document.irsa.json
        }

        resource "aws_iam_policy" "read" {
          name = "${local.name}-read"
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Action = ["secretsmanager:GetSecretValue"], Effect = "Allow", Resource = "*" }]
          })
        }

        resource "aws_iam_role_policy" "inline" {
          name = "inline"
          role = aws_iam_role.pods.id
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Action = ["s3:Get*"], Effect = "Allow", Resource = "*" }]
          })
        }

        resource "aws_iam_role_policy_attachment" "cluster" {
          role       = aws_iam_role.cluster.name
          policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/AmazonEKSClusterPolicy"
        }

        resource "aws_iam_role_policy_attachment" "read" {
          role       = aws_iam_role.pods.name
          policy_arn = aws_iam_policy.read.arn
        }

        resource "aws_iam_instance_profile" "nodes" {
          name = "${local.name}-nodes"
          role = aws_iam_role.nodes.name
        }

        resource "aws_cloudwatch_log_group" "cluster" {
          name              = "/aws/eks/${local.name}/cluster"
          retention_in_days = 7
        }

        resource "aws_eks_cluster" "this" {
          name                      = local.name
          role_arn                  = aws_iam_role.cluster.arn
          version                   = "1.33"
          enabled_cluster_log_types = ["api", "audit"]
          vpc_config {
            subnet_ids              = concat(aws_subnet.public[*].id, aws_subnet.private[*].id)
            endpoint_private_access = true
          }
          access_config {
            authentication_mode                         = "API_AND_CONFIG_MAP"
            bootstrap_cluster_creator_admin_permissions = true
          }
          depends_on = [aws_iam_role_policy_attachment.cluster, aws_cloudwatch_log_group.cluster]
        }

        resource "aws_iam_openid_connect_provider" "this" {
          url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
          client_id_list = ["sts.amazonaws.com"]
        }

        resource "aws_eks_node_group" "this" {
          cluster_name    = aws_eks_cluster.this.name
          node_group_name = "default"
          node_role_arn   = aws_iam_role.nodes.arn
          subnet_ids      = aws_subnet.private[*].id
          instance_types  = ["t3.medium"]
          labels          = { role = "app" }
          scaling_config {
            desired_size = 1
            min_size     = 1
            max_size     = 2
          }
          depends_on = [aws_route.private]
        }

        resource "aws_eks_addon" "cni" {
          cluster_name = aws_eks_cluster.this.name
          addon_name   = "vpc-cni"
        }

        resource "aws_eks_access_entry" "admin" {
          cluster_name  = aws_eks_cluster.this.name
          principal_arn = aws_iam_role.pods.arn
        }

        resource "aws_eks_access_policy_association" "admin" {
          cluster_name  = aws_eks_cluster.this.name
          principal_arn = aws_eks_access_entry.admin.principal_arn
          policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
          access_scope {
            type = "cluster"
          }
        }

        resource "aws_eks_pod_identity_association" "app" {
          cluster_name    = aws_eks_cluster.this.name
          namespace       = "app"
          service_account = "app"
          role_arn        = aws_iam_role.pods.arn
        }

        resource "aws_secretsmanager_secret" "this" {
          name                    = "${local.name}-ephemeral/application/aws/client"
          recovery_window_in_days = 0
        }

        resource "aws_secretsmanager_secret_version" "this" {
          secret_id     = aws_secretsmanager_secret.this.id
          secret_string = jsonencode({ key = "value" })
        }

        data "aws_eks_cluster" "this" {
          name = aws_eks_cluster.this.name
        }

        data "aws_eks_cluster_auth" "this" {
          name = aws_eks_cluster.this.name
        }
        """;
}
