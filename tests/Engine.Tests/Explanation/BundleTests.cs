using System.Formats.Tar;
using System.IO.Compression;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Explanation.Bundles;

namespace Mayfly.Engine.Tests.Explanation;

/// <summary>The archive itself: what it holds, who may read it, and what is said of what is missing.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Redactor _redactor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_bundle_holds_its_parts_and_an_index_that_says_what_is_missing_and_why()
    {
        var ct = TestContext.Current.CancellationToken;
        var path = Path.Combine(_folder.Path, "pr-42.tar.gz");
        var bundle = new Bundle(new Scrubber(_redactor), TimeProvider.System);
        var files = await bundle.MakeAsync(
        [
            Part("chain.txt", () => new PartContent.Text("it holds hunter2-hunter2")),
            Part("logs.txt", () => new PartContent.Missing("there is no cluster")),
            Part("aws/cluster.json", () => throw new HttpRequestException("no route to host")),
            Part("late.txt", Learned),
        ], ct);

        bundle.Write(path, "environment pr-42", files);

        var read = Read(path);
        Assert.Equal(["pr-42/INDEX.txt", "pr-42/chain.txt", "pr-42/late.txt"], read.Select(entry => entry.Name));
        Assert.Matches("logs.txt +there is no cluster", read[0].Text);
        Assert.Matches("aws/cluster.json +could not look: .*no route to host", read[0].Text);
        Assert.Equal("it holds [secret]\n", read[1].Text);
        Assert.All(read, entry => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, entry.Mode));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));

        // What one part reveals is taken out of those made before it, too.
        PartContent Learned()
        {
            _redactor.Learn("hunter2-hunter2");
            return new PartContent.Text("a part");
        }
    }

    [Fact]
    public void A_place_where_something_is_or_nothing_can_be_is_refused()
    {
        var there = Path.Combine(_folder.Path, "there.tar.gz");
        File.WriteAllText(there, "mine");

        Assert.Contains("is not overwritten", Assert.Throws<InvalidInputException>(() => Bundle.CheckPlace(there)).Problems[0], StringComparison.Ordinal);
        Assert.Contains("no folder", Assert.Throws<InvalidInputException>(() => Bundle.CheckPlace(Path.Combine(_folder.Path, "none", "a.tar.gz"))).Problems[0], StringComparison.Ordinal);
        Assert.Contains(".tar.gz", Assert.Throws<InvalidInputException>(() => Bundle.CheckPlace(Path.Combine(_folder.Path, "a.zip"))).Problems[0], StringComparison.Ordinal);
        Bundle.CheckPlace(Path.Combine(_folder.Path, "free.tar.gz"));
        Assert.Equal("mine", File.ReadAllText(there));
    }

    private static BundlePart Part(string name, Func<PartContent> make) => new(name, "a part", _ => Task.FromResult(make()));

    private static List<(string Name, string Text, UnixFileMode Mode)> Read(string path)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var found = new List<(string, string, UnixFileMode)>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            found.Add((entry.Name, reader.ReadToEnd(), entry.Mode));
        }

        return found;
    }
}
