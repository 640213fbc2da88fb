namespace Mayfly.LocalCloud;

/// <summary>Files that are made with their permissions, so that there is no moment in which others could read them.</summary>
internal static class UnixFile
{
    /// <summary>Creates a file that its owner may write, and others may read unless it is private.</summary>
    public static FileStream Create(string path, bool isPrivate)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The local cloud runs on Linux and macOS.");
        }

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isPrivate ? 0 : UnixFileMode.GroupRead | UnixFileMode.OtherRead),
        });
    }
}
