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
}
