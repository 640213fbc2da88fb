provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

# What AWS has: network, cluster, nodes, roles, secret containers. Applied first.
module "aws" {
  source = "./modules/aws"

  env_id             = var.env_id
  vpc_cidr           = var.vpc_cidr
  kubernetes_version = var.kubernetes_version
  nodes              = var.nodes
  zone               = var.zone
}

# The program that the providers ask for a login to the cluster: a new one whenever they need one, since an apply may take longer
# than a token lives. "aws eks get-token --cluster-name NAME" does the same.
locals {
  login = {
    api_version = "client.authentication.k8s.io/v1"
    command     = "mayfly"
    args        = ["token", "--cluster", var.env_id, "--region", var.region]
  }
}

provider "kubernetes" {
  host                   = module.aws.cluster_endpoint
  cluster_ca_certificate = base64decode(module.aws.cluster_authority)

  exec {
    api_version = local.login.api_version
    command     = local.login.command
    args        = local.login.args
  }
}

provider "helm" {
  kubernetes = {
    host                   = module.aws.cluster_endpoint
    cluster_ca_certificate = base64decode(module.aws.cluster_authority)
    exec                   = local.login
  }
}

# What the cluster holds before the application comes: operators, stores, the namespace. Applied once the cluster answers.
module "cluster" {
  source = "./modules/cluster"

  env_id       = var.env_id
  region       = var.region
  zone         = var.zone
  vpc_id       = module.aws.vpc_id
  cluster_name = module.aws.cluster_name
  role_arns    = module.aws.controller_role_arns
  chart_mirror = var.chart_mirror

  # The operators need nodes, not just an API that answers.
  depends_on = [module.aws]
}
