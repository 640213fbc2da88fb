using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

public sealed class CustomResourceTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    [Fact]
    public async Task An_object_is_pruned_and_gets_its_defaults()
    {
        var path = await ServeAsync("Pruned", "pruneds");

        var created = await api.PostAsync(path, Object("Pruned", """{"size":"small","unknown":1,"free":{"kept":true},"parts":[{"name":"a"}]}"""));

        Assert.Equal(201, created.Status);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"size":"small","free":{"kept":true},"parts":[{"name":"a","weight":1}],"replicas":3}"""), created.Body["spec"]), created.Body["spec"]!.ToJsonString());
        Assert.Contains("unknown field \\\"spec.unknown\\\"", string.Concat(created.Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"size":"huge"}""", "spec.size: Unsupported value: \"huge\": supported values: \"small\", \"large\"")]
    [InlineData("{}", "spec.size: Required value")]
    [InlineData("""{"size":"small","replicas":-1}""", "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0")]
    [InlineData("""{"size":"small","replicas":"x"}""", "spec.replicas: Invalid value: \"string\": spec.replicas in body must be of type integer: \"string\"")]
    [InlineData("""{"size":"small","parts":[{"name":"a"},{"name":"a"}]}""", "spec.parts[1]: Duplicate value: {\"name\":\"a\"}")]
    public async Task An_object_that_does_not_fit_its_schema_is_refused(string spec, string expected)
    {
        var path = await ServeAsync("Refused", "refuseds");

        var refused = await api.PostAsync(path, Object("Refused", spec));

        Assert.Equal((422, "Invalid"), (refused.Status, refused.Reason));
        Assert.Equal($"Refused.test.example.com \"one\" is invalid: {expected}", refused.Message);
    }

    [Fact]
    public async Task A_field_that_a_rule_fixes_stays()
    {
        var path = await ServeAsync("Fixed", "fixeds");
        await api.PostAsync(path, Object("Fixed", """{"size":"small","class":"a"}"""));

        var refused = await api.PatchAsync($"{path}/one", """{"spec":{"class":"b"}}""", "merge-patch+json");

        Assert.Equal("Fixed.test.example.com \"one\" is invalid: spec.class: Invalid value: \"b\": class is immutable",
            refused.Message);
    }

    [Fact]
    public async Task Status_and_specification_are_written_apart_and_only_the_latter_counts_generations()
    {
        var path = await ServeAsync("Parted", "parteds");
        await api.PostAsync(path, Object("Parted", """{"size":"small"}"""));

        var status = await api.PatchAsync($"{path}/one/status", """{"spec":{"size":"large"},"status":{"ready":true}}""", "merge-patch+json");
        var spec = await api.PatchAsync($"{path}/one", """{"spec":{"size":"large"},"status":{"ready":false}}""", "merge-patch+json");

        Assert.Equal(("small", true, 1),
            (status.Body["spec"]!["size"]!.GetValue<string>(), status.Body["status"]!["ready"]!.GetValue<bool>(),
            status.Body["metadata"]!["generation"]!.GetValue<int>()));
        Assert.Equal(("large", true, 2),
            (spec.Body["spec"]!["size"]!.GetValue<string>(), spec.Body["status"]!["ready"]!.GetValue<bool>(),
            spec.Body["metadata"]!["generation"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Scale_reads_and_writes_where_the_definition_says()
    {
        var path = await ServeAsync("Scaled", "scaleds");
        await api.PostAsync(path, Object("Scaled", """{"size":"small"}"""));

        var scale = await api.PatchAsync($"{path}/one/scale", """{"spec":{"replicas":7}}""", "merge-patch+json");

        Assert.Equal(7, scale.Body["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal(7, (await api.GetAsync($"{path}/one")).Body["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Every_served_version_shows_the_same_object()
    {
        var path = await ServeAsync("Versioned", "versioneds");
        await api.PostAsync(path, Object("Versioned", """{"size":"small"}"""));

        var beta = await api.GetAsync(path.Replace("/v1/", "/v1beta1/", StringComparison.Ordinal) + "/one");

        Assert.Equal("test.example.com/v1beta1", beta.Body["apiVersion"]!.GetValue<string>());
        Assert.Equal("small", beta.Body["spec"]!["size"]!.GetValue<string>());
    }

    [Fact]
    public async Task Kubectl_prints_the_definition_s_columns_and_finds_it_by_its_short_name()
    {
        var path = await ServeAsync("Printed", "xprinteds");
        await api.PostAsync(path, Object("Printed", """{"size":"small"}"""));
        await api.PatchAsync($"{path}/one/status", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", "merge-patch+json");

        var table = await api.KubectlAsync($"get xp -n {path.Split('/')[5]}");

        Assert.Matches(@"NAME +SIZE +READY\s+one +small +True", table.StandardOutput);
    }

    [Fact]
    public async Task A_definition_that_goes_takes_its_objects_with_it_once_their_finalizers_allow()
    {
        var path = await ServeAsync("Going", "goings");
        await api.PostAsync(path, Object("Going", """{"size":"small"}"""));
        await api.PatchAsync($"{path}/one", """{"metadata":{"finalizers":["test.example.com/hold"]}}""", "merge-patch+json");

        await api.SendAsync("DELETE", $"{Definitions}/goings.test.example.com", null);
        var waiting = await api.GetAsync($"{Definitions}/goings.test.example.com");
        var held = await api.GetAsync($"{path}/one");
        await api.PatchAsync($"{path}/one", """{"metadata":{"finalizers":null}}""", "merge-patch+json");

        Assert.Equal("customresourcecleanup.apiextensions.k8s.io",
            waiting.Body["metadata"]!["finalizers"]![0]!.GetValue<string>());
        Assert.NotNull(held.Body["metadata"]!["deletionTimestamp"]);
        Assert.Equal(404, (await api.GetAsync($"{Definitions}/goings.test.example.com")).Status);
        Assert.Equal("404 page not found\n", (await api.GetAsync(path)).Text);
    }

    [Fact]
    public async Task Discovery_names_a_new_type_at_once_under_another_tag()
    {
        const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        var before = await TagAsync(null);
        await ServeAsync("Found", "founds");
        var after = await TagAsync(before.Tag);
        var same = await TagAsync(after.Tag);

        Assert.Equal((200, 200, 304), (before.Status, after.Status, same.Status));
        Assert.Contains("\"founds\"", after.Text, StringComparison.Ordinal);

        async Task<(int Status, string Tag, string Text)> TagAsync(string? known)
        {
            using var client = api.Client(api.Server.Admin.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
            request.Headers.Accept.ParseAdd(Aggregated);
            if (known is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", known);
            }

            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, response.Headers.ETag!.ToString(),
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private static string Object(string kind, string spec) =>
        """{"apiVersion":"test.example.com/v1","kind":"KIND","metadata":{"name":"one"},"spec":SPEC}"""
            .Replace("KIND", kind, StringComparison.Ordinal).Replace("SPEC", spec, StringComparison.Ordinal);

    private async Task<string> ServeAsync(string kind, string plural)
    {
        var reply = await api.PostAsync(Definitions, Samples.Definition(kind, plural));
        Assert.True(reply.Status is 201 or 409, reply.Text);
        return $"/apis/test.example.com/v1/namespaces/{await api.NamespaceAsync()}/{plural}";
    }
}
