namespace Mayfly.Cli;

/// <summary>The commit that a working copy has checked out, read from git's own files: no git binary is needed for it.</summary>
internal static class CheckedOutCommit
{
    /// <summary>The commit of the repository that a directory lies in; null when it lies in none.</summary>
    public static string? Of(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            var git = Path.Combine(at.FullName, ".git");
            if (Directory.Exists(git) || File.Exists(git))
            {
                return Read(git);
            }
        }

        return null;
    }

    private static string? Read(string git)
    {
        try
        {
            // A worktree has a file that names its folder; branches lie in the folder that all worktrees share.
            var folder = File.Exists(git) && File.ReadAllText(git) is ['g', 'i', 't', 'd', 'i', 'r', ':', .. var named]
                ? Path.GetFullPath(named.Trim(), Path.GetDirectoryName(git)!)
                : git;
            var shared = Path.Combine(folder, "commondir") is var link && File.Exists(link)
                ? Path.GetFullPath(File.ReadAllText(link).Trim(), folder)
                : folder;
            var head = File.ReadAllText(Path.Combine(folder, "HEAD")).Trim();
            return head.StartsWith("ref: ", StringComparison.Ordinal) ? Resolve(folder, shared, head[5..]) : Hash(head);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Resolve(string folder, string shared, string name)
    {
        foreach (var place in new[] { folder, shared })
        {
            var loose = Path.Combine(place, name);
            if (File.Exists(loose))
            {
                return Hash(File.ReadAllText(loose).Trim());
            }
        }

        var packed = Path.Combine(shared, "packed-refs");
        return !File.Exists(packed) ? null : File.ReadLines(packed)
            .Where(line => line.EndsWith(" " + name, StringComparison.Ordinal))
            .Select(line => Hash(line[..^(name.Length + 1)]))
            .FirstOrDefault();
    }

    private static string? Hash(string text) => text.Length >= 40 && text.All(char.IsAsciiHexDigit) ? text : null;
}
