using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using CliWrap;

namespace Mayfly.SchemaFacts;

/// <summary>The TypeScript sources that a package of the registry carries in its source maps.</summary>
internal static class NpmPackage
{
    private const string MapMarker = "//# sourceMappingURL=data:application/json;base64,";

    /// <summary>Fetches a package; the sources are joined by the folder (one a resource type) they belong to.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> SourcesAsync(string package, string version)
    {
        var work = Directory.CreateTempSubdirectory("schema-facts-");
        try
        {
            await Cli.Wrap("npm").WithArguments(["pack", "--silent", $"{package}@{version}"])
                .WithWorkingDirectory(work.FullName).ExecuteAsync();
            return await ReadAsync(work.GetFiles("*.tgz").Single().FullName);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(string archive)
    {
        var sources = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var plain = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        await using var tar = new TarReader(plain);
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            // package/lib/<type>/index.js, and for the largest types package/lib/<type>/index-structs/structs0.js.
            if (entry.Name.Split('/') is not ["package", "lib", var type, .., var file] || !file.EndsWith(".js", StringComparison.Ordinal))
            {
                continue;
            }

            using var reader = new StreamReader(entry.DataStream!);
            if (SourceOf(await reader.ReadToEndAsync()) is { } source)
            {
                sources[type] = sources.GetValueOrDefault(type) + source;
            }
        }

        return sources;
    }

    private static string? SourceOf(string script)
    {
        var marker = script.LastIndexOf(MapMarker, StringComparison.Ordinal);
        if (marker < 0)
        {
            return null;
        }

        using var map = JsonDocument.Parse(Convert.FromBase64String(script[(marker + MapMarker.Length)..].Trim()));
        return map.RootElement.GetProperty("sourcesContent")[0].GetString();
    }
}
