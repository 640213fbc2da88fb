namespace Mayfly.Engine.Tools;

/// <summary>
/// A tree of symbolic links in place of the user's folder, so that terraform's own files, and ours, land somewhere else. The
/// folders of the root module and of the modules it calls, and those above them, are real, since terraform follows a linked
/// module to its absolute path, and that would get into the state; everything else is a link. So <c>../modules</c>,
/// <c>path.module</c> and <c>templatefile</c> find and say what they do in the original.
/// </summary>
public static class RootMirror
{
    /// <summary>Names that belong to terraform's working directory and not to the configuration.</summary>
    private static readonly string[] Left = [".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"];

    /// <summary>Makes the mirror agree with the original and returns the mirrored root module's folder.</summary>
    /// <param name="repository">Folder above which nothing is mirrored.</param>
    /// <param name="root">The root module's folder, inside the repository.</param>
    /// <param name="modules">Folders of the modules that it calls, inside the repository.</param>
    /// <param name="mirror">Where the tree is made.</param>
    public static string Refresh(string repository, string root, IReadOnlyList<string> modules, string mirror)
    {
        var relative = Path.GetRelativePath(repository, root);
        Mirror(repository, mirror, [root, .. modules]);
        return relative == "." ? mirror : Path.Combine(mirror, relative);
    }

    private static void Mirror(string original, string copy, IReadOnlyList<string> real)
    {
        RemoveLink(copy);
        OwnerOnly.CreateDirectory(copy);
        var wanted = Directory.EnumerateFileSystemEntries(original)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => !Left.Contains(name) && name is not ".git")
            .ToHashSet(StringComparer.Ordinal);
        var folders = wanted.Where(name => real.Any(folder => IsAtOrBelow(folder, Path.Combine(original, name)))).ToHashSet(StringComparer.Ordinal);

        foreach (var path in Directory.EnumerateFileSystemEntries(copy))
        {
            var name = Path.GetFileName(path);
            if (new FileInfo(path).LinkTarget is { } target
                && (!wanted.Contains(name) || folders.Contains(name) || target != Path.Combine(original, name)))
            {
                File.Delete(path);
            }
        }

        foreach (var name in wanted.Except(folders))
        {
            var link = Path.Combine(copy, name);
            if (new FileInfo(link).LinkTarget is null)
            {
                MakeLink(link, Path.Combine(original, name));
            }
        }

        foreach (var name in folders)
        {
            Mirror(Path.Combine(original, name), Path.Combine(copy, name), real);
        }
    }

    private static bool IsAtOrBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void MakeLink(string link, string target)
    {
        if (Directory.Exists(link))
        {
            Directory.Delete(link, recursive: true);
        }

        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }

    // A folder that was linked as a neighbour in an earlier run may be one of the real ones now.
    private static void RemoveLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }
    }
}
