locals {
  repositories = {
    eks              = "https://aws.github.io/eks-charts"
    external-dns     = "https://kubernetes-sigs.github.io/external-dns"
    external-secrets = "https://charts.external-secrets.io"
  }

  repository = {
    for name, url in local.repositories : name => var.chart_mirror == "" ? url : "${var.chart_mirror}/${name}"
  }
}

resource "kubernetes_namespace_v1" "application" {
  metadata {
    name = var.env_id
  }
}

# First of the operators: its webhooks stand before every Service and Ingress that comes after it.
resource "helm_release" "load_balancer_controller" {
  name       = "aws-load-balancer-controller"
  namespace  = "kube-system"
  repository = local.repository["eks"]
  chart      = "aws-load-balancer-controller"
  version    = "1.16.0"
  timeout    = 600

  values = [yamlencode({
    clusterName  = var.cluster_name
    region       = var.region
    vpcId        = var.vpc_id
    replicaCount = 1
    serviceAccount = {
      name        = "aws-load-balancer-controller"
      annotations = { "eks.amazonaws.com/role-arn" = var.role_arns["aws-load-balancer-controller"] }
    }
  })]
}

resource "helm_release" "external_secrets" {
  name             = "external-secrets"
  namespace        = "external-secrets"
  create_namespace = true
  repository       = local.repository["external-secrets"]
  chart            = "external-secrets"
  version          = "1.1.0"
  timeout          = 600

  values = [yamlencode({
    installCRDs = true
    serviceAccount = {
      name        = "external-secrets"
      annotations = { "eks.amazonaws.com/role-arn" = var.role_arns["external-secrets"] }
    }
  })]

  depends_on = [helm_release.load_balancer_controller]
}

resource "helm_release" "external_dns" {
  name             = "external-dns"
  namespace        = "external-dns"
  create_namespace = true
  repository       = local.repository["external-dns"]
  chart            = "external-dns"
  version          = "1.19.0"
  timeout          = 600

  values = [yamlencode({
    provider           = { name = "aws" }
    policy             = "sync"
    sources            = ["ingress"]
    registry           = "txt"
    txtOwnerId         = var.env_id
    domainFilters      = [var.zone]
    triggerLoopOnEvent = true
    serviceAccount = {
      name        = "external-dns"
      annotations = { "eks.amazonaws.com/role-arn" = var.role_arns["external-dns"] }
    }
  })]

  depends_on = [helm_release.load_balancer_controller]
}

# The store, and the registry's pull secret: the two things that must be there before the application is.
resource "helm_release" "stores" {
  name      = "stores"
  namespace = kubernetes_namespace_v1.application.metadata[0].name
  chart     = "${path.module}/charts/stores"
  timeout   = 300

  # The pull secret is ready once its value is in Secrets Manager, and preflight, which comes after, sees to that.
  wait = false

  values = [yamlencode({
    envId  = var.env_id
    region = var.region
  })]

  depends_on = [helm_release.external_secrets]
}
