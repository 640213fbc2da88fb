using System.Security.Cryptography;
using System.Text;

namespace Mayfly.Engine.Tools;

/// <summary>A digest of everything that init depends on: while it stays the same, init is skipped.</summary>
public static class RootFingerprint
{
    /// <summary>Digests configuration files (of local modules too), lock file, backend, terraform's own configuration and the binary.</summary>
    public static string Of(TerraformRoot root, string binary, ToolEnvironment outer)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files(root))
        {
            Add(digest, file);
            Add(digest, File.ReadAllBytes(file));
        }

        Add(digest, root.Backend.Type + root.Backend.ConfigFile());
        Add(digest, File.Exists(Path.Combine(root.Directory, ".terraform.lock.hcl")) && root.HasLockFile
            ? File.ReadAllBytes(Path.Combine(root.Directory, ".terraform.lock.hcl")) : []);
        if (CliConfiguration(root, outer) is { } configuration && File.Exists(configuration))
        {
            Add(digest, configuration);
            Add(digest, File.ReadAllBytes(configuration));
        }

        var program = Locate(binary, outer);
        Add(digest, program is null ? binary : $"{program} {new FileInfo(program).Length} {File.GetLastWriteTimeUtc(program).Ticks}");
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static IEnumerable<string> Files(TerraformRoot root) =>
        RootDeclarations.Read(root.Directory).LocalModules.Prepend(root.Directory).SelectMany(RootDeclarations.Sources)
            .Where(file => Path.GetFileName(file) != TerraformRoot.ImportsFile);

    private static string? CliConfiguration(TerraformRoot root, ToolEnvironment outer) =>
        root.Environment.GetValueOrDefault("TF_CLI_CONFIG_FILE") ?? outer["TF_CLI_CONFIG_FILE"]
            ?? (outer["HOME"] is { } home ? Path.Combine(home, ".terraformrc") : null);

    private static string? Locate(string binary, ToolEnvironment outer) =>
        binary.Contains(Path.DirectorySeparatorChar)
            ? File.Exists(binary) ? binary : null
            : (outer["PATH"] ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, binary)).FirstOrDefault(File.Exists);

    private static void Add(IncrementalHash digest, string text) => Add(digest, Encoding.UTF8.GetBytes(text));

    private static void Add(IncrementalHash digest, ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(BitConverter.GetBytes(bytes.Length));
        digest.AppendData(bytes);
    }
}
