using CsCheck;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Tests.Values;

public sealed class ValuesAgainstHelmTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Composed_values_are_to_helm_what_the_files_are(int major)
    {
        var files = Gen.Select(ValuesFiles.One, ValuesFiles.One, ValuesFiles.One);
        var compared = 0;

        await files.SampleAsync(
            async (defaults, first, second) =>
            {
                using var folder = new TestFolder();
                var chart = HelmBinary.WriteChart(folder.At("chart"), defaults);
                folder.Write("first.yaml", first);
                folder.Write("second.yaml", second);
                var ct = TestContext.Current.CancellationToken;
                var byHelm = await HelmBinary.RenderAsync(major, chart, [folder.At("first.yaml"), folder.At("second.yaml")], ct);
                if (byHelm is null)
                {
                    return;
                }

                var configuration = new MayflyConfiguration
                {
                    Project = "demo",
                    Directory = folder.Path,
                    Helm = new HelmSettings { Chart = "chart", Values = ["first.yaml", "second.yaml"] },
                };
                folder.Write("composed.yaml", ValuesComposer.Compose(configuration, new Dictionary<string, string>(), major).Yaml);
                Assert.Equal(byHelm, await HelmBinary.RenderAsync(major, chart, [folder.At("composed.yaml")], ct));
                Interlocked.Increment(ref compared);
            },
            iter: 60,
            threads: 2);

        Assert.True(compared > 50, $"helm took only {compared} of 60 generated files");
    }

    [Theory]
    [InlineData("keyed map", "hosts: { chart.local: {}, old.example.com: {} }", "ingress.hosts", "ingress", "hosts", "{public_host}")]
    [InlineData("list", "hosts: [old.example.com]", "ingress.hosts", "ingress", "hosts", "[{public_host}]")]
    [InlineData("several ingresses", "web: { host: old.example.com }, api: { host: api.example.com }", "ingress.*.host", "ingress", "web", "host={public_host}")]
    [InlineData("TLS blocks", "tls: [{ secretName: cert, hosts: [old.example.com] }]", "ingress.tls.*.hosts", "ingress", "hosts", "{public_host}")]
    public async Task Helm_sees_only_the_runs_host_whatever_shape_the_chart_uses(string shape, string files, string path, string under, string key, string value)
    {
        using var folder = new TestFolder();
        var chart = HelmBinary.WriteChart(folder.At("chart"), $"ingress: {{ {files.Replace("old.example.com", "default.example.com", StringComparison.Ordinal)} }}\n");
        folder.Write("first.yaml", $"ingress: {{ {files} }}\n");
        object host = value switch
        {
            ['[', .. var item, ']'] => new List<object?> { item },
            _ when value.Split('=') is [var inner, var text] => new Dictionary<string, object?> { [inner] = text },
            _ => new Dictionary<string, object?> { [value] = new Dictionary<string, object?>() },
        };
        var configuration = new MayflyConfiguration
        {
            Project = "demo",
            Directory = folder.Path,
            Helm = new HelmSettings
            {
                Chart = "chart",
                Values = ["first.yaml"],
                HostPaths = [path],
                Overrides = new Dictionary<string, object?> { [under] = new Dictionary<string, object?> { [key] = host } },
            },
        };

        foreach (var major in new[] { 3, 4 })
        {
            folder.Write("composed.yaml", ValuesComposer.Compose(configuration, new Dictionary<string, string> { ["public_host"] = "new.example.com" }, major).Yaml);
            var rendered = await HelmBinary.RenderAsync(major, chart, [folder.At("composed.yaml")], TestContext.Current.CancellationToken);

            Assert.NotNull(rendered);
            Assert.Contains("new.example.com", rendered, StringComparison.Ordinal);
            Assert.False(
                new[] { "old.example.com", "default.example.com", "api.example.com", "chart.local" }.Any(old => rendered.Contains(old, StringComparison.Ordinal)),
                $"{shape}, helm {major}: {rendered}");
        }
    }
}
