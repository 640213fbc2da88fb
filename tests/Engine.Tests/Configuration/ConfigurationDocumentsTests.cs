using System.Text.Json.Nodes;
using CsCheck;
using Json.Schema;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Tests.Configuration;

public sealed class ConfigurationDocumentsTests
{
    // What no schema can see: the disk, templates, other settings.
    private static readonly string[] BeyondTheSchema =
    [
        "does not exist", "holds no", "is no variable", "starts no variable", "closes nothing", "needs a 'bucket'", "takes one of them", "are called",
        "is no regular expression", "needs a group", "does not lie in the zone", "names no status", "which is no host name", "leaves", "has an empty key",
        "two ", "a quote is opened", "must be a dot",
    ];

    private static readonly Gen<JsonNode?> Replacements = Gen.OneOf<Func<JsonNode?>>(
        () => null, () => 0, () => 1, () => -7, () => 1.5, () => true, () => "", () => "x", () => "10m", () => "90", () => "1h30m", () => "yes",
        () => "{env_id}", () => "readonly", () => "a b", () => "https://a.b/", () => new JsonArray(), () => new JsonArray("x"),
        () => new JsonArray(1), () => new JsonObject(), () => new JsonObject { ["x"] = 1 }, () => new JsonArray(new JsonObject())).Select(make => make());

    [Fact]
    public void The_schema_is_current() => Repository.AssertCurrent("docs/mayfly.schema.json", ConfigurationSchema.Text());

    [Fact]
    public void The_reference_is_current() => Repository.AssertCurrent("docs/configuration.md", ConfigurationReference.Text());

    [Fact]
    public void Every_setting_is_described()
    {
        var comments = DocComments.Read();

        Assert.All(
            ConfigurationSchema.Records().SelectMany(record => ConfigurationBinder.Keys(record).Select(key => $"{record.Name}.{key.Property.Name}")),
            setting => Assert.True(comments.GetValueOrDefault(setting)?.Length > 0, $"{setting} has no summary"));
    }

    [Fact]
    public void The_loader_refuses_what_the_schema_refuses_and_little_else()
    {
        using var folder = ConfigurationSample.Folder();
        var schema = JsonSchema.FromText(ConfigurationSchema.Text());
        var spots = Spots(ConfigurationSample.Full(), []).ToList();

        Gen.Select(Gen.Int[0, spots.Count - 1], Gen.Int[0, 5], Replacements).Sample(
            (spot, act, replacement) =>
            {
                var changed = Change(ConfigurationSample.Full(), spots[spot], act, replacement);
                var bySchema = schema.Evaluate(System.Text.Json.JsonSerializer.SerializeToElement(changed)).IsValid;
                var byLoader = ConfigurationLoader.Parse(changed.ToJsonString(), "mayfly.yaml", folder.Path, out var problems) is not null;

                Assert.False(byLoader && !bySchema, $"only the schema refuses {changed.ToJsonString()}");
                Assert.True(
                    byLoader || !bySchema || problems.All(problem => BeyondTheSchema.Any(phrase => problem.Message.Contains(phrase, StringComparison.Ordinal))),
                    $"only the loader refuses {changed.ToJsonString()}: {string.Join('\n', problems)}");
            },
            iter: 2000);
    }

    [Fact]
    public void The_full_sample_is_valid_to_both()
    {
        using var folder = ConfigurationSample.Folder();
        var sample = ConfigurationSample.Full();

        Assert.NotNull(ConfigurationLoader.Parse(sample.ToJsonString(), "mayfly.yaml", folder.Path, out var problems));
        Assert.Empty(problems);
        Assert.True(JsonSchema.FromText(ConfigurationSchema.Text()).Evaluate(System.Text.Json.JsonSerializer.SerializeToElement(sample)).IsValid);
    }

    // Paths of keys and indexes to every node below the root.
    private static IEnumerable<object[]> Spots(JsonNode node, object[] path) => node switch
    {
        JsonObject map => map.SelectMany(pair => Deeper(pair.Value, [.. path, pair.Key])),
        JsonArray list => list.SelectMany((item, index) => Deeper(item, [.. path, index])),
        _ => [],
    };

    private static IEnumerable<object[]> Deeper(JsonNode? node, object[] path) => (node is null ? [] : Spots(node, path)).Prepend(path);

    private static JsonObject Change(JsonObject sample, object[] path, int act, JsonNode? replacement)
    {
        JsonNode parent = sample;
        foreach (var step in path.SkipLast(1))
        {
            parent = step is string name ? parent[name]! : parent[(int)step]!;
        }

        switch (path[^1], act)
        {
            case (string key, 0):
                ((JsonObject)parent).Remove(key);
                break;
            case (string key, 1):
                ((JsonObject)parent)[key + "x"] = 1;
                break;
            case (string key, _):
                ((JsonObject)parent)[key] = replacement;
                break;
            case (int index, _):
                ((JsonArray)parent)[index] = replacement;
                break;
        }

        return sample;
    }
}
