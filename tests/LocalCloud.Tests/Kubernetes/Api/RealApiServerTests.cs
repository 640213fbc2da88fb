using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

/// <summary>What surrounds the real kube-apiserver; the binary itself is no part of these tests.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RealApiServerTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public void Etcd_is_started_on_loopback_alone() => Assert.Equal(
        [
            "--name=default", "--data-dir=/x/etcd", "--listen-client-urls=http://127.0.0.1:1",
                "--advertise-client-urls=http://127.0.0.1:1",
            "--listen-peer-urls=http://127.0.0.1:2", "--initial-advertise-peer-urls=http://127.0.0.1:2",
                "--initial-cluster=default=http://127.0.0.1:2",
            "--unsafe-no-fsync", "--log-level=error",
        ],
        RealServerArguments.Etcd(new RealServerFiles("/x"), 1, 2));

    [Fact]
    public void The_server_s_arguments_name_files_and_no_secret()
    {
        using var authority = CertificateAuthority.Create("x", TimeProvider.System);
        var options = new KubernetesApiOptions
        {
            ClusterName = "x",
            Authority = authority,
            ServiceAccountIssuer = "https://issuer.example.com"
        };

        Assert.Equal(
            [
                "--etcd-servers=http://127.0.0.1:1", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
                    "--secure-port=3",
                "--endpoint-reconciler-type=none", "--tls-cert-file=/x/serving.crt",
                    "--tls-private-key-file=/x/serving.key",
                "--client-ca-file=/x/authority.crt", "--service-cluster-ip-range=10.100.0.0/16",
                    "--service-account-issuer=https://issuer.example.com",
                "--service-account-signing-key-file=/x/service-accounts.key",
                    "--service-account-key-file=/x/service-accounts.key",
                "--authorization-mode=RBAC", "--anonymous-auth=false", "--token-auth-file=/x/tokens.csv",
                "--authentication-token-webhook-config-file=/x/token-webhook.yaml",
                    "--authentication-token-webhook-version=v1",
                "--authentication-token-webhook-cache-ttl=10s", "--egress-selector-config-file=/x/egress.yaml",
                    "--enable-aggregator-routing=true",
                "--allow-privileged=true", "--profiling=false", "--shutdown-delay-duration=0s",
            ],
            RealServerArguments.Server(options, new RealServerFiles("/x"), 1, 3));
    }

    [Fact]
    public async Task Its_files_lead_back_to_the_cloud_and_only_the_owner_reads_them()
    {
        using var authority = CertificateAuthority.Create("x", TimeProvider.System);
        var folder = Path.Combine(Path.GetDirectoryName(api.Kubeconfig)!, "real");
        var files = new RealServerFiles(folder);

        await files.WriteAsync(
            new KubernetesApiOptions { ClusterName = "x", Authority = authority }, "secret",
                new Uri("http://127.0.0.1:7/abc"), TestContext.Current.CancellationToken);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder));
        Assert.Equal("secret,kubernetes-admin,kubernetes-admin,\"system:masters\"\n",
            await File.ReadAllTextAsync(files.Tokens, TestContext.Current.CancellationToken));
        Assert.Contains("server: http://127.0.0.1:7/abc\n",
            await File.ReadAllTextAsync(files.TokenWebhook, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        var egress = (JsonObject)YamlParser.Parse(await File.ReadAllTextAsync(files.Egress,
            TestContext.Current.CancellationToken))!;
        var selection = egress.Items("egressSelections").Single();
        Assert.Equal(("EgressSelectorConfiguration", "apiserver.k8s.io/v1beta1", "cluster"),
            (egress.Text("kind"), egress.Text("apiVersion"), selection.Text("name")));
        Assert.Equal(("HTTPConnect", files.EgressSocket),
            (selection.Text("connection", "proxyProtocol"),
            selection.Text("connection", "transport", "uds", "udsName")));
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(files.AccountKey, TestContext.Current.CancellationToken));
        Assert.Equal(256, key.KeySize);
    }

    [Fact]
    public async Task The_token_webhook_tells_whose_a_token_is()
    {
        await using var webhook = await TokenWebhook.StartAsync(
            (token, _) => ValueTask.FromResult(token == "good"
                ? new UserInfo("arn:aws:iam::1:role/x", ["system:masters"]) { Uid = "7" } : null),
                TestContext.Current.CancellationToken);
        using var client = new HttpClient();

        var good = await AskAsync("good");
        var bad = await AskAsync("bad");
        using var elsewhere =
            await client.GetAsync(new Uri(webhook.Address, "/"), TestContext.Current.CancellationToken);

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","status":{"authenticated":true,"user":{"username":"arn:aws:iam::1:role/x","uid":"7","groups":["system:masters"]}}}"""), good));
        Assert.False(bad["status"]!["authenticated"]!.GetValue<bool>());
        Assert.Equal(404, (int)elsewhere.StatusCode);

        async Task<JsonNode> AskAsync(string token)
        {
            using var content =
                new StringContent("{\"kind\":\"TokenReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"spec\":{\"token\":\"" + token + "\"}}", Encoding.UTF8, "application/json");
            using var response =
                await client.PostAsync(webhook.Address, content, TestContext.Current.CancellationToken);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Fact]
    public async Task The_egress_proxy_tunnels_to_who_the_cluster_names()
    {
        await using var receiver = await WebhookReceiver.StartAsync("10.0.0.9");
        var (asked, path) = ("", Path.Combine(Path.GetTempPath(), $"mayfly-{Guid.NewGuid():n}.sock"));
        await using var proxy = EgressProxy.Start(path, (host, port, ct) =>
        {
            asked = $"{host}:{port}";
            return host == "10.0.0.9" ? receiver.DialAsync(ct)
                : throw new ServiceUnreachableException("no endpoints available for service \"x\"");
        });
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var (stream, answer) =
                    await ConnectAsync(path, "CONNECT 10.0.0.9:8443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
                return stream;
            },
        };
        handler.SslOptions.CertificateChainPolicy = Trust(receiver.Bundle);
        using var client = new HttpClient(handler);

        using var content = new StringContent("""{"request":{"uid":"1"}}""", Encoding.UTF8, "application/json");
        using var response =
            await client.PostAsync(new Uri("https://10.0.0.9:8443/check"), content,
            TestContext.Current.CancellationToken);

        Assert.Equal("10.0.0.9:8443", asked);
        Assert.Contains("\"uid\":\"1\"",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var (refused, unavailable) =
            await ConnectAsync(path, "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        var (other, bad) = await ConnectAsync(path, "GET / HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable", unavailable, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 Bad Request", bad, StringComparison.Ordinal);
        await refused.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task An_address_of_the_cluster_leads_to_its_service()
    {
        var ns = await api.NamespaceAsync();
        var service = await api.PostAsync($"/api/v1/namespaces/{ns}/services", """{"metadata":{"name":"hook"},"spec":{"ports":[{"name":"https","port":443,"targetPort":9443}]}}""");
        await api.PostAsync($"/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices", """{"metadata":{"name":"e","labels":{"kubernetes.io/service-name":"hook"}},"addressType":"IPv4","ports":[{"name":"https","port":9443}],"endpoints":[{"addresses":["10.1.2.3"]}]}""");
        using var client = api.Client(null);
        var addresses = new ClusterAddresses(client, api.Server.Admin.Token);

        var expected = new ServiceTarget(ns, "hook", 443);
        Assert.Equal(expected,
            await addresses.FindAsync(service.Body["spec"]!["clusterIP"]!.GetValue<string>(), 443,
            TestContext.Current.CancellationToken));
        Assert.Equal(expected, await addresses.FindAsync("10.1.2.3", 9443, TestContext.Current.CancellationToken));
        Assert.Equal(expected, await addresses.FindAsync($"hook.{ns}.svc", 443, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ServiceUnreachableException>(() =>
            addresses.FindAsync("10.9.9.9", 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_front_proxy_logs_injects_faults_and_serves_pod_logs_for_who_may_read_them()
    {
        using var authority = CertificateAuthority.Create("front", TimeProvider.System);
        await using var upstream =
            await KubernetesApiServer.StartAsync(new KubernetesApiOptions { ClusterName = "u", Authority = authority },
            TestContext.Current.CancellationToken);
        var (log, fault) = (new RequestLog(), (ApiFault?)null);
        var options = new KubernetesApiOptions { ClusterName = "f", Authority = authority, Fault = _ => fault };
        await using var front =
            await FrontProxy.StartAsync(options, upstream.Endpoint, log, TestContext.Current.CancellationToken);
        front.PodLogs = (request, _) =>
            Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes($"{request.Pod}/{request.Container}\n")));
        using var client = new HttpClient(ClusterTrust.Handler(authority.Pem)) { BaseAddress = front.Endpoint };
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + upstream.Admin.Token);

        await PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}""");
        var text = await client.GetStringAsync("/api/v1/namespaces/default/pods/p/log",
            TestContext.Current.CancellationToken);
        using var missing =
            await client.GetAsync("/api/v1/namespaces/default/pods/none/log", TestContext.Current.CancellationToken);
        fault = new ApiFault(Status: 503);
        using var broken = await client.GetAsync("/api", TestContext.Current.CancellationToken);
        fault = null;
        client.DefaultRequestHeaders.Remove("Authorization");
        using var stranger =
            await client.GetAsync("/api/v1/namespaces/default/pods/p/log", TestContext.Current.CancellationToken);

        Assert.Equal("p/c\n", text);
        Assert.Equal((404, 503, 401), ((int)missing.StatusCode, (int)broken.StatusCode, (int)stranger.StatusCode));
        Assert.Equal(["POST /api/v1/namespaces/default/serviceaccounts", "POST /api/v1/namespaces/default/pods"],
            log.WritesSince(0).Select(request => $"{request.Method} {request.Path}"));
        Assert.Equal(6, log.LastNumber);

        async Task PostAsync(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
            Assert.Equal(201, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_is_named_with_its_last_words()
    {
        using var authority = CertificateAuthority.Create("x", TimeProvider.System);
        var assets = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(api.Kubeconfig)!, "assets")).FullName;
        Assert.Null(RealApiServer.FindAssets(assets));
        foreach (var name in new[] { "etcd", "kube-apiserver" })
        {
            var path = Path.Combine(assets, name);
            await File.WriteAllTextAsync(path, "#!/bin/sh\necho no space left >&2\nexit 3\n",
                TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Equal(assets, RealApiServer.FindAssets(assets));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RealApiServer.StartAsync(
            new KubernetesApiOptions { ClusterName = "x", Authority = authority }, assets,
                TestContext.Current.CancellationToken));
        Assert.Equal("etcd ended with exit code 3: no space left", error.Message);
    }

    private static System.Security.Cryptography.X509Certificates.X509ChainPolicy Trust(string bundle)
    {
        var policy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(bundle)));
        return policy;
    }

    /// <summary>Says something to the proxy and reads the head of its answer, not a byte more.</summary>
    private static async Task<(Stream Stream, string Head)> ConnectAsync(string path, string request)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 1)
        {
            head.Append((char)one[0]);
        }

        return (stream, head.ToString());
    }
}
