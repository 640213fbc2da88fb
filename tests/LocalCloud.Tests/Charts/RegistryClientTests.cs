using System.Text;
using Mayfly.Engine.Clouds.Registry;
using Mayfly.Engine.Stages;
using Mayfly.LocalCloud.Charts;

namespace Mayfly.LocalCloud.Tests.Charts;

public sealed class RegistryClientTests
{
    private static readonly RegistryLogin Right = new("octo", "right-password");
    private static readonly RegistryLogin Wrong = new("octo", "wrong-password");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<RegistryScheme> Closed => [RegistryScheme.Basic, RegistryScheme.Ecr, RegistryScheme.Token];

    private static ImageReference Image(string name) => ImageReference.Parse(name)!;

    private static Task<WebFixture> StartAsync(params RegistryAccess[] accesses)
    {
        var images = new ImageStore().PreloadEveryTag("jetscale/web");
        images.Withhold("jetscale/web", "not-built");
        return WebFixture.StartAsync(endpoints => endpoints.MapRegistry(new ImageRegistry(images, TimeProvider.System, accesses)));
    }

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task A_registry_is_asked_in_the_way_that_it_wants(RegistryScheme scheme)
    {
        await using var web = await StartAsync(
            new RegistryAccess(scheme, new Dictionary<string, string> { [Right.User] = Right.Password }) { Host = "ghcr.io" });
        using var http = new HttpClient();
        var client = new RegistryClient(http, web.Address.Authority);

        Assert.IsType<RegistryAnswer.Present>(await client.FindAsync(Image("ghcr.io/jetscale/web:abc"), Right, _ct));
        Assert.IsType<RegistryAnswer.NotFound>(await client.FindAsync(Image("ghcr.io/jetscale/web:not-built"), Right, _ct));
        Assert.IsType<RegistryAnswer.Denied>(await client.FindAsync(Image("ghcr.io/jetscale/web:abc"), Wrong, _ct));
        Assert.IsType<RegistryAnswer.Denied>(await client.FindAsync(Image("ghcr.io/jetscale/web:abc"), null, _ct));
        Assert.IsType<RegistryAnswer.Present>(await client.PingAsync("ghcr.io", Right, _ct));
        Assert.IsType<RegistryAnswer.Denied>(await client.PingAsync("ghcr.io", Wrong, _ct));
    }

    [Fact]
    public async Task An_open_registry_needs_no_login()
    {
        await using var web = await StartAsync();
        using var http = new HttpClient();

        // The registry's own address, without a mirror.
        var answer = await new RegistryClient(http).FindAsync(Image($"{web.Address.Authority}/jetscale/web:abc"), null, _ct);

        Assert.IsType<RegistryAnswer.Present>(answer);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_says_nothing_about_the_image()
    {
        var web = await StartAsync();
        var gone = web.Address.Authority;
        await web.DisposeAsync();
        using var http = new HttpClient();

        Assert.IsType<RegistryAnswer.Unknown>(await new RegistryClient(http, gone).FindAsync(Image("ghcr.io/jetscale/web:abc"), Right, _ct));
    }

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("jetscale/web:1", "docker.io/jetscale/web:1")]
    [InlineData("index.docker.io/jetscale/web", "docker.io/jetscale/web:latest")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [InlineData("ghcr.io/a/b:tag@sha256:00", "ghcr.io/a/b@sha256:00")]
    public void An_image_is_read_with_the_defaults_of_docker(string text, string whole) => Assert.Equal(whole, Image(text).ToString());

    [Theory]
    [InlineData("", "is no JSON")]
    [InlineData("hunter2-is-no-json", "is no JSON")]
    [InlineData("[]", "is JSON without the object \"auths\"")]
    [InlineData("{\"auths\":{\"ghcr.io\":{\"auth\":\"hunter2!\"}}}", "has no login that can be read for ghcr.io")]
    public void A_pull_secret_that_is_none_is_told_without_what_it_holds(string json, string flaw)
    {
        Assert.Null(RegistryLogins.Parse(Encoding.UTF8.GetBytes(json), out var told));
        Assert.Equal(flaw, told);
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("ghcr.io", "ghcr.io")]
    [InlineData("https://ghcr.io/v2/", "ghcr.io")]
    public void A_login_is_found_by_its_registry(string key, string host)
    {
        var json = $"{{\"auths\":{{\"{key}\":{{\"auth\":\"{Right.Basic}\"}}}}}}";

        Assert.Equal(Right, RegistryLogins.Parse(Encoding.UTF8.GetBytes(json), out _)!.For(host));
    }

    [Fact]
    public void Images_are_read_wherever_a_pod_is_described()
    {
        const string Manifest = """
            kind: Deployment
            spec:
              template:
                spec:
                  initContainers: [{ name: a, image: busybox:1 }]
                  containers: [{ name: b, image: ghcr.io/x/y:2 }, { name: c, image: busybox:1 }]
            ---
            kind: CronJob
            spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: d, image: "ghcr.io/x/z:3" }] } } } } }
            ---
            kind: ConfigMap
            data: { image: not/an-image:1 }
            """;

        Assert.Equal(
            ["docker.io/library/busybox:1", "ghcr.io/x/y:2", "ghcr.io/x/z:3"],
            ReleaseImages.Of(Manifest).Select(image => image.ToString()).Order(StringComparer.Ordinal));
    }
}
