using System.Formats.Tar;
using System.IO.Compression;

namespace Mayfly.Engine.Values;

/// <summary>The default values of a chart with those of its subcharts below their names, as far as they lie beside it.</summary>
internal static class ChartDefaults
{
    // An umbrella of umbrellas; deeper nesting is a chart that contains itself through a link.
    private const int DepthLimit = 8;

    /// <summary>Reads the defaults of the chart in a directory. What cannot be read has none: Helm will say so itself.</summary>
    public static ValueMap Read(string directory, string shown) => Read(new FolderChart(directory), shown, 0);

    private static ValueMap Read(IChart chart, string shown, int depth)
    {
        var own = Parse(chart.File("values.yaml"), $"{shown}/values.yaml");
        if (depth == DepthLimit)
        {
            return own;
        }

        var aliases = Aliases(Parse(chart.File("Chart.yaml"), $"{shown}/Chart.yaml"));
        var below = new List<ValueEntry>();
        foreach (var (name, subchart) in chart.Subcharts())
        {
            var defaults = Read(subchart, $"{shown}/charts/{name}", depth + 1);
            var real = (Parse(subchart.File("Chart.yaml"), name).Find("name") as ValueScalar)?.Text ?? name;
            below.AddRange(aliases.Where(pair => pair.Name == real).Select(pair => pair.Alias).DefaultIfEmpty(real)
                .Select(alias => new ValueEntry(alias, defaults, defaults.Origin)));
        }

        return ValueTree.Merge(new ValueMap([.. below.DistinctBy(entry => entry.Key)], own.Origin), own);
    }

    private static IReadOnlyList<(string Name, string Alias)> Aliases(ValueMap manifest) =>
        manifest.Find("dependencies") is ValueList list
            ? [.. list.Items.OfType<ValueMap>()
                .Select(item => (Name: (item.Find("name") as ValueScalar)?.Text ?? "", Alias: (item.Find("alias") as ValueScalar)?.Text))
                .Select(item => (item.Name, item.Alias ?? item.Name))]
            : [];

    private static ValueMap Parse(string? text, string file) =>
        (text is null ? null : ValueReader.Read(text, file, YamlDialect.Helm, out _)) as ValueMap ?? new ValueMap([], new ValueOrigin(file));

    private interface IChart
    {
        string? File(string name);

        IEnumerable<(string Name, IChart Chart)> Subcharts();
    }

    private sealed class FolderChart(string directory) : IChart
    {
        public string? File(string name)
        {
            var path = Path.Combine(directory, name);
            return System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path) : null;
        }

        public IEnumerable<(string Name, IChart Chart)> Subcharts()
        {
            var charts = Path.Combine(directory, "charts");
            return !Directory.Exists(charts) ? [] :
            [
                .. Directory.EnumerateDirectories(charts).Order(StringComparer.Ordinal)
                    .Select(folder => (Path.GetFileName(folder), (IChart)new FolderChart(folder))),
                .. Directory.EnumerateFiles(charts, "*.tgz").Order(StringComparer.Ordinal)
                    .Select(file => (Path.GetFileName(file), (IChart)PackedChart.Open(file))),
            ];
        }
    }

    // A packed subchart: its files, keyed by their path below the chart's own folder.
    private sealed class PackedChart(IReadOnlyDictionary<string, string> files) : IChart
    {
        public static PackedChart Open(string path)
        {
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            using var archive = new TarReader(new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress));
            while (archive.GetNextEntry() is { } entry)
            {
                var cut = entry.Name.IndexOf('/', StringComparison.Ordinal);
                var inside = entry.Name[(cut + 1)..];
                if (entry.DataStream is { } data && Path.GetFileName(inside) is "values.yaml" or "Chart.yaml")
                {
                    files[inside] = new StreamReader(entry.DataStream!).ReadToEnd();
                }
            }

            return new PackedChart(files);
        }

        public string? File(string name) => files.GetValueOrDefault(name);

        public IEnumerable<(string Name, IChart Chart)> Subcharts() =>
            files.Keys.Where(file => file.StartsWith("charts/", StringComparison.Ordinal))
                .Select(file => file.Split('/')[1]).Distinct()
                .Select(name => (name, (IChart)new PackedChart(files
                    .Where(file => file.Key.StartsWith($"charts/{name}/", StringComparison.Ordinal))
                    .ToDictionary(file => file.Key[$"charts/{name}/".Length..], file => file.Value))));
    }
}
