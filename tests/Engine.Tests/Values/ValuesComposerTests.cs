using System.Globalization;
using System.Text;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Tests.Values;

public sealed class ValuesComposerTests : IDisposable
{
    private static readonly Dictionary<string, string> Variables = new() { ["public_host"] = "new.example.com", ["env_id"] = "pr-42" };

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_host_of_a_keyed_map_is_exchanged_and_a_default_of_the_chart_deleted()
    {
        _folder.Write("chart/values.yaml", "ingress: {hosts: {chart.example.local: {}}}\n");
        _folder.Write("a.yaml", "ingress:\n  className: alb\n  hosts:\n    old.example.com: {paths: [/]}\n");

        var values = Compose(["ingress.hosts"], Overrides("ingress", Overrides("hosts", Overrides("{public_host}", Overrides()))));

        Assert.Equal("ingress:\n  className: alb\n  hosts:\n    chart.example.local: null\n    new.example.com: {}\n", values.Yaml);
    }

    [Theory]
    [InlineData("a list", "ingress: {hosts: [old.example.com, older.example.com]}", "ingress.hosts", "hosts: []")]
    [InlineData("rules", "ingress: {hosts: [{host: old.example.com, paths: [/]}]}", "ingress.hosts", "hosts: []")]
    [InlineData("TLS blocks", "ingress: {tls: [{secretName: a, hosts: [old.example.com]}]}", "ingress.tls", "tls: []")]
    [InlineData("TLS blocks, hosts only", "ingress: {tls: [{secretName: a, hosts: [old.example.com]}]}", "ingress.tls.*.hosts", "secretName: a")]
    [InlineData("one text", "ingress: {host: old.example.com, class: x}", "ingress.host", "class: x")]
    [InlineData("several ingresses", "ingresses: {web: {host: old.example.com}, api: {host: api.example.com}}", "ingresses.*.host", "api: {}")]
    [InlineData("a list of ingresses", "ingresses: [{name: web, host: old.example.com}]", "ingresses.*.host", "name: web")]
    [InlineData("a key with dots", "a.b: {ingress: {hosts: {old.example.com: {}}}}", "\"a.b\".ingress.hosts", "hosts: {}")]
    public void Hosts_are_removed_from_every_shape(string shape, string file, string path, string rest)
    {
        _folder.Write("a.yaml", file);

        var values = Compose([path], Overrides());

        Assert.DoesNotContain("example.com", values.Yaml, StringComparison.Ordinal);
        Assert.True(values.Yaml.Contains(rest, StringComparison.Ordinal), $"{shape}: {values.Yaml}");
    }

    [Theory]
    [InlineData("ingress: {hosts: {old.example.com: {}}}", "ingress.hosts")]
    [InlineData("ingress: {extraTls: [{hosts: [old.example.com]}]}", "ingress.extraTls[0].hosts[0]")]
    [InlineData("ingresses: [{host: old.example.com}]", "ingresses[0].host")]
    public void A_host_of_the_files_that_would_stay_is_refused_with_its_place(string file, string place)
    {
        _folder.Write("a.yaml", file);

        var refused = Assert.Throws<InvalidInputException>(() => Compose([], Overrides()));

        Assert.StartsWith("a.yaml:1:", refused.Problems[0], StringComparison.Ordinal);
        Assert.Contains($"'old.example.com' would be left at '{place}'", refused.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_removed_host_is_refused_until_an_override_sets_it()
    {
        _folder.Write("a.yaml", "ingress: {hosts: [old.example.com]}\nweb: {url: \"https://OLD.example.com/x\", other: my-old.example.com}\n");

        var refused = Assert.Throws<InvalidInputException>(() => Compose(["ingress.hosts"], Overrides()));
        var values = Compose(["ingress.hosts"], Overrides("web", Overrides("url", "https://{public_host}/")));

        Assert.Contains("'web.url'", Assert.Single(refused.Problems), StringComparison.Ordinal);
        Assert.Contains("https://new.example.com/", values.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_leaf_names_the_file_that_won()
    {
        _folder.Write("a.yaml", "x: 1\nm: {z: 1, w: 2}\nlist: [1, 2]\n");
        _folder.Write("b.yaml", "m:\n  z: null\nlist: [3]\n");

        var leaves = ValueTree.Leaves(Compose([], Overrides("x", "{env_id}"), "a.yaml", "b.yaml").Tree)
            .ToDictionary(leaf => leaf.Path, leaf => leaf.Leaf.Origin.ToString());

        Assert.Equal("runtime overrides", leaves["x"]);
        Assert.Equal("b.yaml:2:6", leaves["m.z"]);
        Assert.Equal("a.yaml:2:14", leaves["m.w"]);
        Assert.Equal("b.yaml:3:8", leaves["list[0]"]);
    }

    [Theory]
    [InlineData("a:\n\tb: 1\n", "a.yaml:2:1: a tab in the indentation")]
    [InlineData("- a\n", "a.yaml:1:1: values are a map")]
    [InlineData("a: [1, 2\n", "a bracket or brace is not closed")]
    [InlineData("? {a: b}\n: 1\n", "a map or list as a key")]
    public void A_values_file_that_helm_cannot_read_is_refused_with_its_place(string file, string reason)
    {
        _folder.Write("a.yaml", file);

        Assert.Contains(reason, Assert.Throws<InvalidInputException>(() => Compose([], Overrides())).Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_that_unfold_beyond_measure_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 10; i++)
        {
            var items = string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9));
            bomb.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{items}]\n");
        }

        _folder.Write("a.yaml", bomb.ToString());

        Assert.Contains("million", Assert.Throws<InvalidInputException>(() => Compose([], Overrides())).Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_that_nest_without_end_are_refused()
    {
        var tower = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 5000; i++)
        {
            tower.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        }

        _folder.Write("a.yaml", tower.ToString());

        Assert.Contains("nested too deep", Assert.Throws<InvalidInputException>(() => Compose([], Overrides())).Problems[0], StringComparison.Ordinal);
    }

    private ComposedValues Compose(IReadOnlyList<string> hostPaths, IReadOnlyDictionary<string, object?> overrides, params string[] files) =>
        ValuesComposer.Compose(
            new MayflyConfiguration
            {
                Project = "demo",
                Directory = _folder.Path,
                Helm = new HelmSettings
                {
                    Chart = "chart",
                    Values = files.Length == 0 ? ["a.yaml"] : files,
                    HostPaths = hostPaths,
                    Overrides = overrides,
                },
            },
            Variables,
            helmMajor: 3);

    private static Dictionary<string, object?> Overrides(string? key = null, object? value = null) =>
        key is null ? [] : new Dictionary<string, object?> { [key] = value };
}
