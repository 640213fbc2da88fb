using System.Globalization;
using System.Text;

namespace Mayfly.LocalCloud.Host;

/// <summary>Another local cloud lives in this folder.</summary>
public sealed class StateFolderHeldException(string message) : Exception(message);

/// <summary>The folder of one local cloud. Whoever holds it is the only one that lives in it; the lock ends with the process, however it ends.</summary>
public sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;

    private StateFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The description, written whole once everything answers.</summary>
    public string Description => In("cloud.json");

    /// <summary>A path in the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes the folder, and clears away what a process that died left in it.</summary>
    /// <exception cref="StateFolderHeldException">Another process lives in it.</exception>
    public static StateFolder Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var file = System.IO.Path.Combine(path, "lock");
        FileStream held;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StateFolderHeldException($"A local cloud (process {Holder(path)}) already runs in {path}.");
        }

        var folder = new StateFolder(path, held);
        File.Delete(folder.Description);
        folder.Write("pid", Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        return folder;
    }

    /// <summary>Writes a file so that readers see the old one or the new one, never half of it.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isPrivate">True: only its owner may read it.</param>
    public string Write(string name, ReadOnlySpan<byte> content, bool isPrivate = false)
    {
        var path = In(name);
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var file = UnixFile.Create(draft, isPrivate))
        {
            file.Write(content);
        }

        File.Move(draft, path, overwrite: true);
        return path;
    }

    /// <summary>Leaves the folder: nobody shall believe that the cloud is still there.</summary>
    public void Dispose()
    {
        File.Delete(Description);
        _lock.Dispose();
    }

    private static string Holder(string path)
    {
        var file = System.IO.Path.Combine(path, "pid");
        return File.Exists(file) ? File.ReadAllText(file) : "unknown";
    }
}
