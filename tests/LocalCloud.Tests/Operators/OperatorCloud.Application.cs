using k8s.Models;

namespace Mayfly.LocalCloud.Tests.Operators;

/// <summary>What the tests run in the cluster.</summary>
public sealed partial class OperatorCloud
{
    /// <summary>An application: a Deployment of the sample page, its Service and an Ingress.</summary>
    public async Task CreateApplicationAsync(string name, string host, CancellationToken ct)
    {
        var labels = new Dictionary<string, string> { ["app"] = name };
        await Api.CreateAsync(
            new V1Deployment
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
                Spec = new V1DeploymentSpec
                {
                    Replicas = 1,
                    Selector = new V1LabelSelector { MatchLabels = labels },
                    Template = new V1PodTemplateSpec
                    {
                        Metadata = new V1ObjectMeta { Labels = labels },
                        Spec = new V1PodSpec
                        {
                            Containers =
                            [
                                new V1Container
                                {
                                    Name = "web",
                                    Image = "ghcr.io/jetscale/web:abc123",
                                    Env = [new V1EnvVar { Name = "COMMIT", Value = "abc123" }],
                                    Ports = [new V1ContainerPort { Name = "http", ContainerPort = 8080 }],
                                },
                            ],
                        },
                    },
                },
            },
            ct);
        await Api.CreateAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
                Spec = new V1ServiceSpec { Selector = labels, Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = "http" }] },
            },
            ct);
        await Api.CreateAsync(Ingress(name, host), ct);
    }

    public static V1Ingress Ingress(string name, string host, string className = "alb") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "default",
            Annotations = new Dictionary<string, string>
            {
                ["alb.ingress.kubernetes.io/scheme"] = "internet-facing",
                ["alb.ingress.kubernetes.io/target-type"] = "ip",
                ["alb.ingress.kubernetes.io/listen-ports"] = "[{\"HTTP\": 80}, {\"HTTPS\": 443}]",
                ["alb.ingress.kubernetes.io/ssl-redirect"] = "443",
            },
        },
        Spec = new V1IngressSpec
        {
            IngressClassName = className,
            Rules =
            [
                new V1IngressRule
                {
                    Host = host,
                    Http = new V1HTTPIngressRuleValue
                    {
                        Paths =
                        [
                            new V1HTTPIngressPath
                            {
                                Path = "/api",
                                PathType = "Prefix",
                                Backend = new V1IngressBackend
                                {
                                    Service = new V1IngressServiceBackend { Name = name, Port = new V1ServiceBackendPort { Name = "http" } },
                                },
                            },
                            new V1HTTPIngressPath
                            {
                                Path = "/",
                                PathType = "Prefix",
                                Backend = new V1IngressBackend
                                {
                                    Service = new V1IngressServiceBackend { Name = name, Port = new V1ServiceBackendPort { Name = "http" } },
                                },
                            },
                        ],
                    },
                },
            ],
        },
    };
}
