using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>
/// A debug bundle: one archive with everything that somebody needs who has to find out, from afar, why an environment does not
/// work. Secrets are left out. What cannot be had is a line of the index, with the reason.
/// </summary>
/// <param name="scrubber">Takes secrets out, at the very end and of everything: what one part reveals may stand in another.</param>
/// <param name="clock">Dates the files, and ends a look that takes too long.</param>
public sealed class Bundle(Scrubber scrubber, TimeProvider clock)
{
    /// <summary>The first file of the archive.</summary>
    public const string Index = "INDEX.txt";

    private const int Parallel = 6;
    private const int MaxLength = 4 * 1024 * 1024;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Refuses a place where a bundle cannot be written, before anything is looked at: what is there is not overwritten.</summary>
    /// <exception cref="InvalidInputException">Why not.</exception>
    public static void CheckPlace(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var problem = !path.EndsWith(".tar.gz", StringComparison.Ordinal) && !path.EndsWith(".tgz", StringComparison.Ordinal)
                ? $"--bundle: '{path}' must end in .tar.gz"
            : !Directory.Exists(folder) ? $"--bundle: there is no folder '{folder}'"
            : Path.Exists(path) ? $"--bundle: '{path}' exists already, and is not overwritten; name another file, or remove it"
            : null;
        if (problem is not null)
        {
            throw new InvalidInputException([problem]);
        }
    }

    /// <summary>Makes every part.</summary>
    public async Task<IReadOnlyList<BundleFile>> MakeAsync(IReadOnlyList<BundlePart> parts, CancellationToken ct)
    {
        var made = new PartContent[parts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct };
        await System.Threading.Tasks.Parallel.ForAsync(0, parts.Count, options, async (i, token) => made[i] = await OneAsync(parts[i], token));
        return [.. parts.Zip(made, (part, content) => content switch
        {
            PartContent.Text(var text) => new BundleFile(part.Name, part.About, Bounded(scrubber.Text(text)), ""),
            PartContent.Missing(var why) => new BundleFile(part.Name, part.About, null, scrubber.Text(why)),
            _ => throw new InvalidOperationException($"unknown content {content}"),
        })];
    }

    /// <summary>Writes the archive: its index first, then every part there is. Only its owner may read it; it appears whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="heading">The first lines of the index.</param>
    /// <param name="files">The parts.</param>
    public void Write(string path, string heading, IReadOnlyList<BundleFile> files)
    {
        var folder = Path.GetFileName(path).Replace(".tar.gz", "", StringComparison.Ordinal).Replace(".tgz", "", StringComparison.Ordinal);
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        using (var file = new FileStream(fresh, options))
        using (var zipped = new GZipStream(file, CompressionLevel.Optimal))
        using (var tar = new TarWriter(zipped, TarEntryFormat.Pax))
        {
            Add(tar, $"{folder}/{Index}", scrubber.Text(IndexOf(heading, files)));
            foreach (var part in files.Where(part => part.Text is not null))
            {
                Add(tar, $"{folder}/{part.Name}", part.Text!);
            }
        }

        File.Move(fresh, path, overwrite: false);
    }

    /// <summary>The index: what is in the archive, and what is missing and why. Pure.</summary>
    public static string IndexOf(string heading, IReadOnlyList<BundleFile> files)
    {
        var text = new StringBuilder(heading.TrimEnd()).Append("\n\nSecrets are left out; [secret] stands where one was.\n\nfiles\n");
        var width = files.Select(file => file.Name.Length).DefaultIfEmpty().Max();
        foreach (var file in files.Where(file => file.Text is not null))
        {
            text.Append("  ").Append(file.Name.PadRight(width)).Append("  ").Append(file.About).Append('\n');
        }

        if (files.Any(file => file.Text is null))
        {
            text.Append("\nmissing\n");
            foreach (var file in files.Where(file => file.Text is null))
            {
                text.Append("  ").Append(file.Name.PadRight(width)).Append("  ").Append(file.Why.ReplaceLineEndings(" ")).Append('\n');
            }
        }

        return text.ToString();
    }

    private async Task<PartContent> OneAsync(BundlePart part, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await part.Make(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new PartContent.Missing(string.Create(CultureInfo.InvariantCulture, $"no answer in {Patience.TotalSeconds:0} s"));
        }
        catch (JsonException)
        {
            return new PartContent.Missing("what is there cannot be read");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return new PartContent.Missing($"could not look: {OutsideWorld.Classify(e)!.Summary}");
        }
    }

    private void Add(TarWriter tar, string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\n"));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = FileMode600, ModificationTime = clock.GetUtcNow() });
    }

    private static string Bounded(string text) =>
        text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength / 2), "\n… cut …\n", text.AsSpan(text.Length - (MaxLength / 2)));
}
