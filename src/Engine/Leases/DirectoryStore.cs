using System.Security.Cryptography;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Leases;

/// <summary>
/// Objects as files of a directory. Writers of one key exclude each other by an open handle on a file beside it, which the
/// operating system gives back when a process dies; readers need no lock, because a file appears by one rename.
/// </summary>
public sealed class DirectoryStore(string directory, TimeProvider clock) : IObjectStore
{
    private const string LockSuffix = ".writing";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc />
    public string Location => directory;

    /// <inheritdoc />
    public async Task<StoredObject?> GetAsync(string key, CancellationToken ct)
    {
        var path = PathOf(key);
        try
        {
            var content = await File.ReadAllBytesAsync(path, ct);
            return new StoredObject(content, VersionOf(content, path), File.GetLastWriteTimeUtc(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<string?> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken ct)
    {
        var path = PathOf(key);
        OwnerOnly.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var exclusive = await LockAsync(path, ct);
        if (condition is not { Version: null, MustBeAbsent: false })
        {
            var current = await GetAsync(key, ct);
            if (condition.MustBeAbsent ? current is not null : current?.Version != condition.Version)
            {
                return null;
            }
        }

        OwnerOnly.Write(path, content.Span);
        return VersionOf(content.Span, path);
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string key, CancellationToken ct)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return;
        }

        await using (await LockAsync(path, ct))
        {
            File.Delete(path);
        }

        File.Delete(path + LockSuffix);
        RemoveEmptyFolders(Path.GetDirectoryName(path)!);
    }

    /// <inheritdoc />
    public async Task<int> EraseAsync(string prefix, IReadOnlySet<string> keep, CancellationToken ct)
    {
        var keys = (await ListAsync(prefix, ct)).Where(key => !keep.Contains(key)).ToList();
        foreach (var key in keys)
        {
            await DeleteAsync(key, ct);
        }

        return keys.Count;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken ct)
    {
        IReadOnlyList<string> keys = !Directory.Exists(directory) ? [] :
        [
            .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !key.EndsWith(LockSuffix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        return Task.FromResult(keys);
    }

    /// <inheritdoc />
    public Task<DateTimeOffset> NowAsync(CancellationToken ct)
    {
        // A directory on a file server has that server's clock: let it stamp a file and read the stamp.
        OwnerOnly.CreateDirectory(directory);
        var probe = Path.Combine(directory, $".clock-{Guid.NewGuid():n}{LockSuffix}");
        try
        {
            File.WriteAllText(probe, "");
            return Task.FromResult(new DateTimeOffset(File.GetLastWriteTimeUtc(probe)));
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <inheritdoc />
    public Task<bool> EnsureExistsAsync(CancellationToken ct)
    {
        var made = !Directory.Exists(directory);
        OwnerOnly.CreateDirectory(directory);
        return Task.FromResult(made);
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new FileStream(path + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException)
            {
                await Task.Delay(LockPause, clock, ct);
            }
        }
    }

    private void RemoveEmptyFolders(string folder)
    {
        while (folder.Length > directory.Length && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
            folder = Path.GetDirectoryName(folder)!;
        }
    }

    // Content alone is no version: a heartbeat that writes the same bytes again must count as a write.
    private static string VersionOf(ReadOnlySpan<byte> content, string path) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}-{File.GetLastWriteTimeUtc(path).Ticks}";

    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(directory, key));
        return path.StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException($"key {key} leaves the store", nameof(key));
    }
}
