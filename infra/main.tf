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

# A token for the cluster, read when the cluster is there.
data "aws_eks_cluster_auth" "this" {
  name = module.aws.cluster_name
}

provider "kubernetes" {
  host                   = module.aws.cluster_endpoint
  cluster_ca_certificate = base64decode(module.aws.cluster_authority)
  token                  = data.aws_eks_cluster_auth.this.token
}

provider "helm" {
  kubernetes = {
    host                   = module.aws.cluster_endpoint
    cluster_ca_certificate = base64decode(module.aws.cluster_authority)
    token                  = data.aws_eks_cluster_auth.this.token
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
