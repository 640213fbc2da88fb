using System.Security.Cryptography;
using System.Text;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Stages;

/// <summary>What helm is given: chart, composed values, and the fingerprint of both.</summary>
/// <param name="Chart">Directory of the chart.</param>
/// <param name="ValuesFile">The composed values, readable by the owner only.</param>
/// <param name="Fingerprint">Changes with the chart, the values and the commit.</param>
public sealed record PreparedRelease(string Chart, string ValuesFile, string Fingerprint);

/// <summary>Composes what is deployed. Asks nobody outside this machine.</summary>
public sealed class ReleasePackage(Blueprint blueprint, string directory)
{
    // A label's value holds 63 characters; half a SHA-256 leaves no accident to fear.
    private const int FingerprintLength = 32;

    /// <summary>Writes the values file and computes the fingerprint.</summary>
    /// <param name="helmMajor">The helm that will read the values.</param>
    public PreparedRelease Prepare(int helmMajor)
    {
        var chart = blueprint.PathOf(blueprint.Configuration.Helm.Chart);
        var values = ValuesComposer.Compose(blueprint.Configuration, blueprint.Variables, helmMajor).Yaml;
        OwnerOnly.CreateDirectory(directory);
        var file = Path.Combine(directory, "values.yaml");
        OwnerOnly.Write(file, Encoding.UTF8.GetBytes(values));
        return new PreparedRelease(chart, file, Fingerprint(chart, values));
    }

    private string Fingerprint(string chart, string values)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(chart, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Add(digest, Encoding.UTF8.GetBytes(Path.GetRelativePath(chart, path)));
            Add(digest, File.ReadAllBytes(path));
        }

        Add(digest, Encoding.UTF8.GetBytes(values));
        Add(digest, Encoding.UTF8.GetBytes(blueprint.Environment.PullRequest.Commit ?? ""));
        return Convert.ToHexStringLower(digest.GetHashAndReset())[..FingerprintLength];
    }

    private static void Add(IncrementalHash digest, ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(BitConverter.GetBytes(bytes.Length));
        digest.AppendData(bytes);
    }
}
