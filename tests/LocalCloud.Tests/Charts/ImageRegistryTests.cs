using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Charts;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Tests.Charts;

public sealed class ImageRegistryTests
{
    private static readonly Dictionary<string, string> Users = new() { ["AWS"] = "token", ["octo"] = "secret" };
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private static ImageRegistry Registry(params RegistryAccess[] accesses) =>
        new(new ImageStore().PreloadEveryTag("jetscale/web").Preload("jetscale/task", "v1"), TimeProvider.System, accesses);

    [Fact]
    public async Task A_preloaded_tag_exists_and_an_unknown_one_does_not()
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapRegistry(Registry()));
        using var client = new HttpClient { BaseAddress = web.Address };

        var manifest = await client.GetAsync("v2/jetscale/web/manifests/0123abc", _ct);
        var json = JsonNode.Parse(await manifest.Content.ReadAsStringAsync(_ct))!;
        var config = await client.GetAsync($"v2/jetscale/web/blobs/{json["config"]!["digest"]}", _ct);

        Assert.Equal(ImageStore.ImageManifest, manifest.Content.Headers.ContentType!.MediaType);
        Assert.Contains("0123abc", await config.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("v2/jetscale/task/manifests/v2", _ct)).StatusCode);
        var unknown = await client.GetAsync("v2/jetscale/other/manifests/v1", _ct);
        Assert.Contains("NAME_UNKNOWN", await unknown.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pushed_image_can_be_pulled()
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapRegistry(Registry()));
        using var client = new HttpClient { BaseAddress = web.Address };
        var layer = Encoding.UTF8.GetBytes("a layer");

        var start = await client.PostAsync("v2/jetscale/new/blobs/uploads/", null, _ct);
        var upload = await client.PutAsync($"{start.Headers.Location}?digest={ImageStore.DigestOf(layer)}", new ByteArrayContent(layer), _ct);
        using var manifest = new StringContent("{\"schemaVersion\":2}", new MediaTypeHeaderValue(ImageStore.ImageManifest));
        var push = await client.PutAsync("v2/jetscale/new/manifests/v1", manifest, _ct);
        using var head = new HttpRequestMessage(HttpMethod.Head, "v2/jetscale/new/manifests/v1");
        var pulled = await client.SendAsync(head, _ct);

        Assert.Equal(HttpStatusCode.Accepted, start.StatusCode);
        Assert.Equal(HttpStatusCode.Created, upload.StatusCode);
        Assert.Equal(HttpStatusCode.Created, push.StatusCode);
        Assert.Equal(push.Headers.GetValues("Docker-Content-Digest").Single(), pulled.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task A_wrong_digest_is_refused()
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapRegistry(Registry()));
        using var client = new HttpClient { BaseAddress = web.Address };

        var start = await client.PostAsync("v2/jetscale/new/blobs/uploads/", null, _ct);
        var upload = await client.PutAsync($"{start.Headers.Location}?digest=sha256:00", new ByteArrayContent([1]), _ct);

        Assert.Equal(HttpStatusCode.BadRequest, upload.StatusCode);
    }

    [Fact]
    public async Task A_token_registry_challenges_and_lets_in_with_the_token_it_issued()
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapRegistry(Registry(new RegistryAccess(RegistryScheme.Token, Users))));
        using var client = new HttpClient { BaseAddress = web.Address };

        var challenge = await client.GetAsync("v2/jetscale/web/manifests/v1", _ct);
        var header = Assert.Single(challenge.Headers.WwwAuthenticate);
        var wrong = await TokenAsync(client, "octo:wrong");
        var right = await TokenAsync(client, "octo:secret");
        var token = JsonNode.Parse(await right.Content.ReadAsStringAsync(_ct))!["token"]!.GetValue<string>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        Assert.Equal(HttpStatusCode.Unauthorized, challenge.StatusCode);
        Assert.Equal("Bearer", header.Scheme);
        Assert.Contains("scope=\"repository:jetscale/web:pull\"", header.Parameter, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v2/jetscale/web/manifests/v1", _ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v2/jetscale/task/manifests/v1", _ct)).StatusCode);
    }

    [Theory]
    [InlineData(RegistryScheme.Basic, "octo:secret", "Registry Realm")]
    [InlineData(RegistryScheme.Ecr, "AWS:token", "ecr.amazonaws.com")]
    public async Task A_basic_registry_asks_for_the_password_at_each_request(RegistryScheme scheme, string login, string realm)
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapRegistry(Registry(new RegistryAccess(scheme, Users))));
        using var client = new HttpClient { BaseAddress = web.Address };

        var challenge = await client.GetAsync("v2/", _ct);
        client.DefaultRequestHeaders.Authorization = Basic(login);

        Assert.Contains(realm, challenge.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v2/", _ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v2/jetscale/web/manifests/v1", _ct)).StatusCode);
    }

    [Fact]
    public async Task The_kubelet_is_told_what_a_real_registry_says()
    {
        var registry = Registry(new RegistryAccess(RegistryScheme.Token, Users) { Host = "ghcr.io", Prefix = "jetscale/" });
        registry.Images.Withhold("jetscale/web", "never-built");
        var credential = new PullCredential("ghcr.io", "octo", "secret");

        Assert.IsType<PullResult.Pulled>(await registry.PullAsync("ghcr.io/jetscale/web:v1", [credential], _ct));
        Assert.IsType<PullResult.NotFound>(await registry.PullAsync("ghcr.io/jetscale/web:never-built", [credential], _ct));
        Assert.Equal("401 Unauthorized", Assert.IsType<PullResult.Denied>(await registry.PullAsync("ghcr.io/jetscale/web:v1", [], _ct)).Status);
        Assert.IsType<PullResult.Pulled>(await registry.PullAsync("elsewhere.test/jetscale/web:v1", [], _ct));
    }

    private Task<HttpResponseMessage> TokenAsync(HttpClient client, string login)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "token?service=registry&scope=repository:jetscale/web:pull");
        request.Headers.Authorization = Basic(login);
        return client.SendAsync(request, _ct);
    }

    private static AuthenticationHeaderValue Basic(string login) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
}
