locals {
  role    = "arn:aws:iam::123456789012:role/pr-42-0"
  subnets = ["subnet-1", "subnet-2"]
}

resource "aws_eks_cluster" "this" {
  count    = 2
  name     = "pr-42-${count.index}"
  role_arn = local.role
  vpc_config {
    subnet_ids = local.subnets
  }
}

resource "aws_eks_node_group" "this" {
  count           = 2
  cluster_name    = "pr-42-0"
  node_group_name = "nodes-${count.index}"
  node_role_arn   = local.role
  subnet_ids      = local.subnets
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = 1
  }
}

resource "aws_eks_addon" "this" {
  for_each     = toset(["coredns", "kube-proxy"])
  cluster_name = "pr-42-0"
  addon_name   = each.key
}

resource "aws_eks_fargate_profile" "this" {
  count                  = 2
  cluster_name           = "pr-42-0"
  fargate_profile_name   = "jobs-${count.index}"
  pod_execution_role_arn = local.role
  subnet_ids             = local.subnets
  selector {
    namespace = "jobs"
  }
}

resource "aws_eks_access_entry" "this" {
  count         = 2
  cluster_name  = "pr-42-0"
  principal_arn = "arn:aws:iam::123456789012:role/people-${count.index}"
}

resource "aws_eks_access_policy_association" "this" {
  for_each      = toset(["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"])
  cluster_name  = "pr-42-0"
  principal_arn = "arn:aws:iam::123456789012:role/people-0"
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${each.key}"
  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_pod_identity_association" "this" {
  count           = 2
  cluster_name    = "pr-42-0"
  namespace       = "jobs"
  service_account = "runner-${count.index}"
  role_arn        = local.role
}

resource "aws_eks_identity_provider_config" "this" {
  count        = 2
  cluster_name = "pr-42-0"
  oidc {
    identity_provider_config_name = "people-${count.index}"
    client_id                     = "x"
    issuer_url                    = "https://oidc.example.org"
  }
}

resource "helm_release" "this" {
  count     = 2
  name      = "release-${count.index}"
  namespace = "pr-42-0"
  chart     = "${path.module}/chart"
}

resource "kubernetes_namespace" "this" {
  count = 2
  metadata {
    name = "pr-42-${count.index}"
  }
}

resource "kubernetes_secret" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_config_map" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_service_account" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_role" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}

resource "kubernetes_role_binding" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = "x-0"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "x-0"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_cluster_role" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}

resource "kubernetes_cluster_role_binding" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "x-0"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "x-0"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_storage_class" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  storage_provisioner = "ebs.csi.aws.com"
}

resource "kubernetes_namespace_v1" "this" {
  count = 2
  metadata {
    name = "pr-42-${count.index}"
  }
}

resource "kubernetes_secret_v1" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_config_map_v1" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_service_account_v1" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_role_v1" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}

resource "kubernetes_role_binding_v1" "this" {
  count = 2
  metadata {
    name      = "x-${count.index}"
    namespace = "pr-42-0"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = "x-0"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "x-0"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_cluster_role_v1" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}

resource "kubernetes_cluster_role_binding_v1" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "x-0"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "x-0"
    namespace = "pr-42-0"
  }
}

resource "kubernetes_storage_class_v1" "this" {
  count = 2
  metadata {
    name = "x-${count.index}"
  }
  storage_provisioner = "ebs.csi.aws.com"
}
