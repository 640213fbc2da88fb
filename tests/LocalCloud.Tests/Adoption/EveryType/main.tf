# One root with every type that has an identity rule, each once for a thing that is there and once for one that is not: keys
# "there" and "absent", or counts 0 and 1.

variable "cluster" {
  type      = object({ host = string, token = string, authority = string })
  sensitive = true
}

provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { "mayfly:environment" = "pr-42" }
  }
}

provider "kubernetes" {
  host                   = var.cluster.host
  token                  = var.cluster.token
  cluster_ca_certificate = var.cluster.authority
}

provider "helm" {
  kubernetes = {
    host                   = var.cluster.host
    token                  = var.cluster.token
    cluster_ca_certificate = var.cluster.authority
  }
}

module "stack" {
  source   = "./stack"
  for_each = toset(["a.b"])
}
