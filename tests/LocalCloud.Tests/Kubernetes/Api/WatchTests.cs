using System.Net;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class WatchTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_streaming_list_sends_what_is_there_then_a_marked_bookmark_then_what_comes()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await CreateAsync(path, "one");
        await CreateAsync(path, "two");

        await using var watch =
            await WatchAsync(path + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=30");
        var initial = new[] { await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync() };
        await CreateAsync(path, "three");
        var live = await watch.NextAsync();

        Assert.Equal(["ADDED one", "ADDED two", "BOOKMARK "], initial.Select(Show));
        Assert.Equal("true",
            initial[2]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
        Assert.Equal("ADDED three", Show(live));
    }

    [Fact]
    public async Task A_watch_from_a_revision_shows_everything_since_and_nothing_before()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await CreateAsync(path, "before");
        var revision = (await api.GetAsync(path)).Version;
        await CreateAsync(path, "after");
        await api.PatchAsync($"{path}/after", """{"data":{"a":"1"}}""");
        await api.SendAsync("DELETE", $"{path}/after", null);

        await using var watch = await WatchAsync($"{path}?watch=true&resourceVersion={revision}");

        Assert.Equal(["ADDED after", "MODIFIED after", "DELETED after"],
            new[] { Show(await watch.NextAsync()), Show(await watch.NextAsync()), Show(await watch.NextAsync()) });
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_for_the_watcher()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        var revision = (await api.GetAsync(path)).Version;
        await api.PostAsync(path, """{"metadata":{"name":"c","labels":{"app":"x"}}}""");
        await api.PatchAsync($"{path}/c", """{"metadata":{"labels":{"app":"y"}}}""");
        await api.PatchAsync($"{path}/c", """{"metadata":{"labels":{"app":"x"}}}""");

        await using var watch = await WatchAsync($"{path}?watch=true&labelSelector=app%3Dx&resourceVersion={revision}");

        Assert.Equal(["ADDED c", "DELETED c", "ADDED c"],
            new[] { Show(await watch.NextAsync()), Show(await watch.NextAsync()), Show(await watch.NextAsync()) });
    }

    [Fact]
    public async Task A_revision_that_is_no_longer_kept_is_gone()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await CreateAsync(path, "busy");
        var old = (await api.GetAsync(path)).Version;
        for (var i = 0; i < 4100; i++)
        {
            await api.PatchAsync($"{path}/busy", "{\"data\":{\"n\":\"" + i + "\"}}", "merge-patch+json");
        }

        await using var watch = await WatchAsync($"{path}?watch=true&resourceVersion={old}");
        var answer = await watch.NextAsync();

        Assert.Equal("ERROR", answer["type"]!.GetValue<string>());
        Assert.Equal((410, "Expired"),
            (answer["object"]!["code"]!.GetValue<int>(), answer["object"]!["reason"]!.GetValue<string>()));
        Assert.StartsWith($"too old resource version: {old} (", answer["object"]!["message"]!.GetValue<string>(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_in_order_when_its_time_is_over()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";

        await using var watch = await WatchAsync($"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=1");

        Assert.Equal("BOOKMARK ", Show(await watch.NextAsync()));
        Assert.True(await watch.EndsAsync());
    }

    [Fact]
    public async Task A_list_in_pages_shows_one_moment()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        foreach (var name in new[] { "a", "b", "c" })
        {
            await CreateAsync(path, name);
        }

        var first = await api.GetAsync(path + "?limit=2");
        await api.SendAsync("DELETE", path + "/c", null);
        var token = first.Body["metadata"]!["continue"]!.GetValue<string>();
        var second = await api.GetAsync($"{path}?limit=2&continue={token}");

        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(1, first.Body["metadata"]!["remainingItemCount"]!.GetValue<int>());
        Assert.Equal(["c"], Names(second));
        Assert.Null(second.Body["metadata"]!["continue"]);
    }

    [Fact]
    public async Task A_client_that_wants_metadata_gets_nothing_else()
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        using var client = api.Client(api.Server.Admin.Token);
        client.DefaultRequestHeaders.Accept.ParseAdd(
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");

        var list = JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!;

        var item = list["items"]!.AsArray().Single()!;
        Assert.Equal(("PartialObjectMetadataList", "PartialObjectMetadata", "a"),
            (list["kind"]!.GetValue<string>(), item["kind"]!.GetValue<string>(),
            item["metadata"]!["name"]!.GetValue<string>()));
        Assert.Null(item["data"]);
    }

    [Theory]
    [InlineData("metadata.name=b", "b")]
    [InlineData("metadata.name!=b", "a")]
    public async Task Fields_select(string selector, string expected)
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await CreateAsync(path, "a");
        await CreateAsync(path, "b");

        Assert.Equal([expected], Names(await api.GetAsync($"{path}?fieldSelector={Uri.EscapeDataString(selector)}")));
    }

    [Theory]
    [InlineData("app in (x, y),!gone", "a,b")]
    [InlineData("app notin (x)", "b,c")]
    [InlineData("app", "a,b")]
    [InlineData("!app", "c")]
    [InlineData("app=x,tier!=front", "a")]
    public async Task Labels_select(string selector, string expected)
    {
        var path = $"/api/v1/namespaces/{await api.NamespaceAsync()}/configmaps";
        await api.PostAsync(path, """{"metadata":{"name":"a","labels":{"app":"x"}}}""");
        await api.PostAsync(path, """{"metadata":{"name":"b","labels":{"app":"y"}}}""");
        await CreateAsync(path, "c");

        Assert.Equal(expected,
            string.Join(',', Names(await api.GetAsync($"{path}?labelSelector={Uri.EscapeDataString(selector)}"))));
    }

    private Task CreateAsync(string path, string name) =>
        api.PostAsync(path, "{\"metadata\":{\"name\":\"" + name + "\"}}");

    private static IEnumerable<string> Names(Reply list) =>
        list.Body["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>());

    private static string Show(JsonNode change) => $"{change["type"]} {change["object"]!["metadata"]!["name"]}";

    private async Task<EventStream> WatchAsync(string path)
    {
        var client = api.Client(api.Server.Admin.Token);
        var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get,
            path)
        { Version = HttpVersion.Version20 }, HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        return new EventStream(client, response,
            new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    private sealed class EventStream(HttpClient client, HttpResponseMessage response, StreamReader reader)
        : IAsyncDisposable
    {
        public async Task<JsonNode> NextAsync()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            return JsonNode.Parse((await reader.ReadLineAsync(limit.Token))!)!;
        }

        public async Task<bool> EndsAsync() =>
            await reader.ReadLineAsync(TestContext.Current.CancellationToken) is null;

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
