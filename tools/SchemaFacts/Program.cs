using System.IO.Compression;
using Google.Protobuf;
using Mayfly.SchemaFacts;

// Reads the facts of the real providers' schemas out of the npm packages that were made from them, and writes a file a
// provider for src/TerraformProviders. Run from the repository:
//
//     dotnet run --project tools/SchemaFacts -- src/TerraformProviders/Schemas
//
// The versions below are the only ones it was written for; after a change of one look at the differences it prints.
(string Provider, string Package, string Version)[] packages =
[
    ("aws", "@cdktf/provider-aws", "21.22.1"),
    ("kubernetes", "@cdktf/provider-kubernetes", "12.1.1"),
    ("helm", "@cdktf/provider-helm", "12.1.2"),
];

if (args is not [var folder])
{
    await Console.Error.WriteLineAsync("usage: SchemaFacts <folder for the fact files>");
    return 2;
}

var supplement = Supplement.Load(Path.Combine(folder, "supplement.txt"));
foreach (var (provider, package, version) in packages)
{
    var sources = await NpmPackage.SourcesAsync(package, version);
    var builder = new SchemaBuilder(provider, sources, supplement);
    var response = builder.Build();

    var bytes = response.ToByteArray();
    var file = Path.Combine(folder, $"{provider}.facts");
    await using (var compressed = new BrotliStream(File.Create(file), CompressionLevel.SmallestSize))
    {
        await compressed.WriteAsync(bytes);
    }

    Console.WriteLine(
        $"{provider}: {response.ResourceSchemas.Count} resources, {response.DataSourceSchemas.Count} data sources, "
        + $"{bytes.Length / 1024} KiB, compressed {new FileInfo(file).Length / 1024} KiB");
    foreach (var untold in builder.Untold)
    {
        Console.WriteLine($"  the package does not tell the type of {untold}");
    }
}

foreach (var unused in supplement.Unused)
{
    Console.WriteLine($"supplement.txt names {unused}, which no provider has");
}

return 0;
