using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

/// <summary>A running API server without any controller, and clients for it.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("tests", TimeProvider.System);
    private HttpClient _http = null!;

    public KubernetesApiServer Server { get; private set; } = null!;

    /// <summary>What the test wants to go wrong.</summary>
    public Func<ApiRequestInfo, ApiFault?> Fault { get; set; } = _ => null;

    /// <summary>Who answers for the cluster's services.</summary>
    public Func<ServiceTarget, CancellationToken, ValueTask<Stream>> Dial { get; set; } =
        (target, _) => throw new ServiceUnreachableException($"no endpoints available for service \"{target.Name}\"");

    public string Kubeconfig { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Server = await KubernetesApiServer.StartAsync(
            new KubernetesApiOptions
            {
                ClusterName = "tests",
                Authority = _authority,
                Fault = request => Fault(request),
                DialServiceAsync = (target, ct) => Dial(target, ct),
                AuthenticateAsync = (token, _) => ValueTask.FromResult(
                    token.StartsWith("user:", StringComparison.Ordinal)
                        ? new UserInfo(token["user:".Length..], ["testers"]) : null),
            },
            TestContext.Current.CancellationToken);
        _http = Client(Server.Admin.Token);
        Kubeconfig = Path.Combine(Directory.CreateTempSubdirectory("mayfly-api-").FullName, "config");
        await File.WriteAllTextAsync(Kubeconfig, KubeconfigText());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(Path.GetDirectoryName(Kubeconfig)!, recursive: true);
    }

    /// <summary>A client that trusts the cluster's authority and nothing else.</summary>
    public HttpClient Client(string? token)
    {
        using var root = X509Certificate2.CreateFromPem(Server.AuthorityPem);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck
        };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root.RawData));
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = policy;
        var client = new HttpClient(handler)
        {
            BaseAddress = Server.Endpoint,
            DefaultRequestVersion = HttpVersion.Version20
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path, null);

    public Task<Reply> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Reply> PatchAsync(string path, string body, string kind = "strategic-merge-patch+json") =>
        SendAsync("PATCH", path, body, "application/" + kind);

    public Task<Reply> ApplyAsync(string path, string body, string manager = "tester", bool force = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}&force={(force ? "true" : "false")}", body,
            "application/apply-patch+yaml");

    public async Task<Reply> SendAsync(string method, string path, string? body,
        string contentType = "application/json", string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Version = HttpVersion.Version20 };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToList() : [];
        return new Reply((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject()
            : [], text, warnings);
    }

    /// <summary>A namespace of its own for a test, with the service account that a controller would make.</summary>
    public async Task<string> NamespaceAsync()
    {
        var name = "t-" + Guid.NewGuid().ToString("n")[..10];
        Assert.Equal(201, (await PostAsync("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}")).Status);
        Assert.Equal(201, (await PostAsync($"/api/v1/namespaces/{name}/serviceaccounts", """{"metadata":{"name":"default"}}""")).Status);
        return name;
    }

    public async Task<BufferedCommandResult> RunAsync(string binary, string arguments, string input = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return await Cli.Wrap(binary).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(input))
            .WithEnvironmentVariables(variables =>
                variables.Set("KUBECONFIG", Kubeconfig).Set("HOME", Path.GetDirectoryName(Kubeconfig)))
            .ExecuteBufferedAsync(limit.Token);
    }

    public Task<BufferedCommandResult> KubectlAsync(string arguments, string input = "") =>
        RunAsync(Tool("MAYFLY_KUBECTL", "helm-4", "kubectl"), arguments, input);

    public static string Helm(int major) => Tool($"MAYFLY_HELM{major}", $"helm-{major}", "helm");

    private static string Tool(string variable, string folder, string name)
    {
        var home = Environment.GetEnvironmentVariable("MAYFLY_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");
        var binary = Environment.GetEnvironmentVariable(variable) ?? Path.Combine(home, "tools", folder, name);
        Assert.True(File.Exists(binary), $"{name} is missing at {binary}: scripts/tools.sh fetches it");
        return binary;
    }

    private string KubeconfigText() =>
        $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: tests
          cluster:
            server: {{Server.Endpoint}}
            certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(Server.AuthorityPem))}}
        users:
        - name: admin
          user:
            token: "{{Server.Admin.Token}}"
        contexts:
        - name: tests
          context:
            cluster: tests
            user: admin
        current-context: tests
        """;
}

/// <summary>An answer of the API.</summary>
public sealed record Reply(int Status, JsonObject Body, string Text, IReadOnlyList<string> Warnings)
{
    public string Message => Body["message"]?.GetValue<string>() ?? "";

    public string Reason => Body["reason"]?.GetValue<string>() ?? "";

    public string Version => Body["metadata"]!["resourceVersion"]!.GetValue<string>();
}
