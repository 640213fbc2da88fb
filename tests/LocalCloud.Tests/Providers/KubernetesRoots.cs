namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>Configurations for the tests of the stand-in for hashicorp/kubernetes.</summary>
internal static class KubernetesRoots
{
    public static string Namespace(string name) =>
        $$"""
        resource "kubernetes_namespace_v1" "a" {
          metadata {
            name   = "{{name}}"
            labels = { team = "x" }
          }
        }

        """;

    public static string ConfigMap(string ns, string mode) =>
        $$"""
        resource "kubernetes_config_map_v1" "a" {
          metadata {
            name      = "settings"
            namespace = "{{ns}}"
          }
          data       = { mode = "{{mode}}" }
          depends_on = [kubernetes_namespace_v1.a]
        }

        """;

    public static string Manifest(string kind, string apiVersion, string value) =>
        $$"""
        resource "kubernetes_manifest" "a" {
          manifest = {
            apiVersion = "{{apiVersion}}"
            kind       = "{{kind}}"
            metadata = {
              name      = "thing"
              namespace = "manifests"
            }
            data = { a = "{{value}}" }
          }
          depends_on = [kubernetes_namespace_v1.a]
        }

        """;

    public static string Objects(string ns, string mode) => Namespace(ns) + ConfigMap("${kubernetes_namespace_v1.a.metadata[0].name}", mode) +
        """
        resource "kubernetes_secret_v1" "a" {
          metadata {
            name      = "login"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
          data = { password = "pass" }
        }
        resource "kubernetes_service_account_v1" "a" {
          metadata {
            name      = "robot"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
        }
        resource "kubernetes_role_v1" "a" {
          metadata {
            name      = "reader"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
          rule {
            api_groups = [""]
            resources  = ["pods", "configmaps"]
            verbs      = ["get", "list"]
          }
        }
        resource "kubernetes_role_binding_v1" "a" {
          metadata {
            name      = "reader"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
          role_ref {
            api_group = "rbac.authorization.k8s.io"
            kind      = "Role"
            name      = kubernetes_role_v1.a.metadata[0].name
          }
          subject {
            kind      = "ServiceAccount"
            name      = kubernetes_service_account_v1.a.metadata[0].name
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
        }
        resource "kubernetes_service_v1" "a" {
          metadata {
            name      = "web"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
          spec {
            selector = { app = "web" }
            port {
              port        = 80
              target_port = "http"
            }
          }
        }
        resource "kubernetes_deployment_v1" "a" {
          metadata {
            name      = "web"
            namespace = kubernetes_namespace_v1.a.metadata[0].name
          }
          wait_for_rollout = false
          spec {
            replicas = 2
            selector {
              match_labels = { app = "web" }
            }
            template {
              metadata {
                labels = { app = "web" }
              }
              spec {
                container {
                  name  = "web"
                  image = "web:1"
                  port {
                    container_port = 8080
                  }
                  env {
                    name  = "MODE"
                    value = "x"
                  }
                  liveness_probe {
                    http_get {
                      path = "/"
                      port = "8080"
                    }
                  }
                }
              }
            }
          }
        }

        """;
}
