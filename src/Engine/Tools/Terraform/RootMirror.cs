namespace Mayfly.Engine.Tools;

/// <summary>
/// A tree of symbolic links in place of the user's folder, so that terraform's own files, and ours, land somewhere else. The
/// folders from the repository's root down to the root module are real; everything beside and below them is a link, hence
/// <c>../modules</c>, <c>path.module</c> and <c>templatefile</c> find what they find in the original.
/// </summary>
public static class RootMirror
{
    /// <summary>Names that belong to terraform's working directory and not to the configuration.</summary>
    private static readonly string[] Left = [".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"];

    /// <summary>Makes the mirror agree with the original and returns the mirrored root module's folder.</summary>
    /// <param name="repository">Folder above which nothing is mirrored.</param>
    /// <param name="root">The root module's folder, inside the repository.</param>
    /// <param name="mirror">Where the tree is made.</param>
    public static string Refresh(string repository, string root, string mirror)
    {
        var relative = Path.GetRelativePath(repository, root);
        var steps = relative == "." ? [] : relative.Split(Path.DirectorySeparatorChar);
        var (original, copy) = (repository, mirror);
        foreach (var step in steps)
        {
            LinkEntries(original, copy, except: step);
            (original, copy) = (Path.Combine(original, step), Path.Combine(copy, step));
        }

        LinkEntries(original, copy, except: null);
        return copy;
    }

    private static void LinkEntries(string original, string copy, string? except)
    {
        RemoveLink(copy);
        OwnerOnly.CreateDirectory(copy);
        var wanted = Directory.EnumerateFileSystemEntries(original)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name != except && !Left.Contains(name) && name is not ".git")
            .ToHashSet(StringComparer.Ordinal);

        foreach (var path in Directory.EnumerateFileSystemEntries(copy))
        {
            var name = Path.GetFileName(path);
            if (new FileInfo(path).LinkTarget is { } target
                && (!wanted.Contains(name) || target != Path.Combine(original, name)))
            {
                File.Delete(path);
            }
        }

        foreach (var name in wanted)
        {
            var link = Path.Combine(copy, name);
            if (new FileInfo(link).LinkTarget is null)
            {
                MakeLink(link, Path.Combine(original, name));
            }
        }
    }

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
