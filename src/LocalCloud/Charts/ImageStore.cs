using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Mayfly.LocalCloud.Charts;

/// <summary>A manifest and the media type it was pushed with.</summary>
public sealed record StoredManifest(byte[] Content, string MediaType, string Digest);

/// <summary>The images of the registry: pushed ones, and those that are there from the start.</summary>
public sealed class ImageStore
{
    /// <summary>The media type of an OCI image manifest.</summary>
    public const string ImageManifest = "application/vnd.oci.image.manifest.v1+json";

    private readonly ConcurrentDictionary<(string Repository, string Reference), StoredManifest> _manifests = new();
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, bool> _open = new();
    private readonly ConcurrentDictionary<(string Repository, string Tag), bool> _withheld = new();

    /// <summary>Makes every tag of a repository exist, as if a build had pushed each commit.</summary>
    public ImageStore PreloadEveryTag(params ReadOnlySpan<string> repositories)
    {
        foreach (var repository in repositories)
        {
            _open[repository] = true;
        }

        return this;
    }

    /// <summary>Makes tags of a repository exist.</summary>
    public ImageStore Preload(string repository, params ReadOnlySpan<string> tags)
    {
        foreach (var tag in tags)
        {
            Generate(repository, tag);
        }

        return this;
    }

    /// <summary>Makes a tag not exist, whatever is preloaded: the build that did not push. Pushing it ends that.</summary>
    public void Withhold(string repository, string tag)
    {
        _withheld[(repository, tag)] = true;
        _manifests.TryRemove((repository, tag), out _);
    }

    /// <summary>Whether anything of that name was ever there.</summary>
    public bool Knows(string repository) => _open.ContainsKey(repository) || _manifests.Keys.Any(key => key.Repository == repository);

    /// <summary>The manifest of a tag or digest; null when there is none.</summary>
    public StoredManifest? FindManifest(string repository, string reference) =>
        _manifests.GetValueOrDefault((repository, reference))
        ?? (_open.ContainsKey(repository) && !reference.Contains(':') && !_withheld.ContainsKey((repository, reference))
            ? Generate(repository, reference)
            : null);

    /// <summary>A blob; null when there is none.</summary>
    public byte[]? FindBlob(string digest) => _blobs.GetValueOrDefault(digest);

    /// <summary>The tags of a repository that were pushed, preloaded or asked for.</summary>
    public IEnumerable<string> TagsOf(string repository) => _manifests.Keys
        .Where(key => key.Repository == repository && !key.Reference.Contains(':'))
        .Select(key => key.Reference)
        .Order(StringComparer.Ordinal);

    /// <summary>Keeps a manifest under its digest and, when it is one, its tag.</summary>
    public StoredManifest PutManifest(string repository, string reference, byte[] content, string mediaType)
    {
        var manifest = new StoredManifest(content, mediaType, DigestOf(content));
        _manifests[(repository, manifest.Digest)] = manifest;
        _manifests[(repository, reference)] = manifest;
        _withheld.TryRemove((repository, reference), out _);
        return manifest;
    }

    /// <summary>Keeps a blob.</summary>
    public string PutBlob(byte[] content)
    {
        var digest = DigestOf(content);
        _blobs[digest] = content;
        return digest;
    }

    /// <summary>The digest that the registry's protocol names contents by.</summary>
    public static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private StoredManifest Generate(string repository, string tag)
    {
        // What the image does is code of the local cloud, so that its layer list is empty; the labels say what it stands for.
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new
            {
                Labels = new Dictionary<string, string>
                {
                    ["org.opencontainers.image.title"] = repository,
                    ["org.opencontainers.image.revision"] = tag,
                },
            },
            rootfs = new { type = "layers", diff_ids = Array.Empty<string>() },
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ImageManifest,
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = PutBlob(config), size = config.Length },
            layers = Array.Empty<object>(),
        });
        return PutManifest(repository, tag, manifest, ImageManifest);
    }
}
