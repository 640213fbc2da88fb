using System.Text;
using CliWrap;
using CliWrap.Buffered;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>What people do with helm and kubectl, on a whole cluster.</summary>
public sealed class WorkloadToolTests : IClassFixture<WorkloadCluster>, IDisposable
{
    private const string Templates = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: "{{ .Release.Name }}-settings" }
        data: { COMMIT: "{{ .Values.commit }}" }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: "{{ .Release.Name }}-web" }
        spec: { selector: { app: "{{ .Release.Name }}" }, ports: [{ port: 80, targetPort: 8080 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: "{{ .Release.Name }}-web" }
        spec:
          replicas: 2
          selector: { matchLabels: { app: "{{ .Release.Name }}" } }
          template:
            metadata: { labels: { app: "{{ .Release.Name }}" }, annotations: { commit: "{{ .Values.commit }}" } }
            spec:
              containers:
                - name: web
                  image: "ghcr.io/jetscale/{{ .Values.image }}:1"
                  ports: [{ containerPort: 8080 }]
                  envFrom: [{ configMapRef: { name: "{{ .Release.Name }}-settings" } }]
                  readinessProbe: { httpGet: { path: /healthz, port: 8080 } }
        ---
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: "{{ .Release.Name }}-migrate"
          annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation" }
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{ name: task, image: "ghcr.io/jetscale/task:1", args: [migrate] }]
        """;

    private readonly WorkloadCluster _cluster;
    private readonly string _folder = Directory.CreateTempSubdirectory("workload-tools").FullName;
    private readonly string _kubeconfig;

    public WorkloadToolTests(WorkloadCluster cluster)
    {
        _cluster = cluster;
        _kubeconfig = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(_kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: c
            clusters: [{ name: c, cluster: { server: "{{cluster.Server.Endpoint}}", certificate-authority-data: "{{Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.Server.AuthorityPem))}}" } }]
            users: [{ name: u, user: { token: "{{cluster.Server.Admin.Token}}" } }]
            contexts: [{ name: c, context: { cluster: c, user: u } }]
            """);
        Directory.CreateDirectory(Path.Combine(_folder, "chart", "templates"));
        File.WriteAllText(Path.Combine(_folder, "chart", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
        File.WriteAllText(Path.Combine(_folder, "chart", "values.yaml"), "commit: one\nimage: web\n");
        File.WriteAllText(Path.Combine(_folder, "chart", "templates", "all.yaml"), Templates);
    }

    public static TheoryData<string> Majors => HelmTool.Majors;

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Majors))]
    public async Task Helm_waits_for_an_installation_an_upgrade_and_an_uninstallation(string major)
    {
        var ct = TestContext.Current.CancellationToken;
        var space = $"helm-{major}";

        await HelmAsync(major, "upgrade", "--install", "app", Chart, "-n", space, "--create-namespace", "--wait", "--timeout", "60s");
        await _cluster.UntilServedAsync($"http://app-web.{space}.svc/version", "\"commit\":\"one\"", ct);

        await HelmAsync(major, "upgrade", "--install", "app", Chart, "-n", space, "--wait", "--timeout", "60s", "--set", "commit=two");
        await _cluster.UntilServedAsync($"http://app-web.{space}.svc/version", "\"commit\":\"two\"", ct);

        await HelmAsync(major, "uninstall", "app", "-n", space, "--wait", "--timeout", "60s");
        await _cluster.UntilAllAsync<V1Pod>(space, all => all.TrueForAll(pod => pod.Metadata.Name.Contains("migrate", StringComparison.Ordinal)), ct);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Majors))]
    public async Task Helm_does_not_take_a_release_for_ready_that_never_gets_ready(string major)
    {
        var ct = TestContext.Current.CancellationToken;
        var space = $"broken-{major}";

        var failure = await HelmFailsAsync(
            major, "upgrade", "--install", "app", Chart, "-n", space, "--create-namespace", "--wait", "--timeout", "4s", "--set", "image=never-ready");

        Assert.Contains("context deadline exceeded", failure);
    }

    [Fact(Timeout = 120_000)]
    public async Task Kubectl_shows_rollouts_pods_and_logs_and_deletes_a_namespace_to_its_end()
    {
        var ct = TestContext.Current.CancellationToken;
        _cluster.Server.PodLogs = (request, stop) => Task.FromResult(
            _cluster.Controllers.Logs.Open(
                request.Namespace, request.Pod, request.Container, new LogQuery(request.Follow, request.TailLines, request.Previous, request.Timestamps), stop)
            ?? Stream.Null);
        await KubectlAsync("create", "namespace", "hands");
        await KubectlAsync("-n", "hands", "create", "deployment", "web", "--image=ghcr.io/jetscale/web:1", "--replicas=2", "--port=8080");
        Assert.Contains("successfully rolled out", await KubectlAsync("-n", "hands", "rollout", "status", "deployment/web", "--timeout=60s"));

        Assert.Matches("web-[a-z0-9]+-[a-z0-9]+ +1/1 +Running +0", await KubectlAsync("-n", "hands", "get", "pods"));
        Assert.Contains("listening on :8080", await KubectlAsync("-n", "hands", "logs", "deployment/web"));
        Assert.Contains("ScalingReplicaSet", await KubectlAsync("-n", "hands", "describe", "deployment", "web"));

        await KubectlAsync("-n", "hands", "set", "image", "deployment/web", "web=ghcr.io/jetscale/web:2");
        await KubectlAsync("-n", "hands", "rollout", "status", "deployment/web", "--timeout=60s");
        await KubectlAsync("-n", "hands", "rollout", "undo", "deployment/web");
        await KubectlAsync("-n", "hands", "rollout", "status", "deployment/web", "--timeout=60s");
        Assert.Contains("jetscale/web:1", await KubectlAsync("-n", "hands", "get", "deployment", "web", "-o", "wide"));

        await KubectlAsync("delete", "namespace", "hands", "--wait", "--timeout=60s");
        Assert.DoesNotContain("hands", await KubectlAsync("get", "namespaces"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Chart => Path.Combine(_folder, "chart");

    private Task<string> HelmAsync(string major, params string[] arguments) =>
        HelmTool.RunAsync(major, Path.Combine(_folder, $"helm-{major}"), ["--kubeconfig", _kubeconfig, .. arguments], Ct);

    private async Task<string> HelmFailsAsync(string major, params string[] arguments) =>
        (await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => HelmAsync(major, arguments))).Message;

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        var binary = Environment.GetEnvironmentVariable("MAYFLY_KUBECTL")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly", "tools", "helm-4", "kubectl");
        var result = await Cli.Wrap(binary).WithArguments(["--kubeconfig", _kubeconfig, "--cache-dir", Path.Combine(_folder, "cache"), .. arguments])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Encoding.UTF8, Ct);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result.StandardError}");
        return result.StandardOutput;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
