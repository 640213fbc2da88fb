namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>The images that can be pulled and run, by repository without registry, tag and digest.</summary>
public sealed class ImageCatalog
{
    private readonly Dictionary<string, IImage> _images = new(StringComparer.Ordinal);

    /// <summary>Adds an image under its repository, <c>external-secrets/external-secrets</c>.</summary>
    public ImageCatalog Add(string repository, IImage image)
    {
        _images[repository] = image;
        return this;
    }

    /// <summary>Finds the image of a reference such as <c>ghcr.io/external-secrets/external-secrets:v1.0.0</c>; null when it cannot be pulled.</summary>
    public IImage? Find(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            name = name[..colon];
        }

        return _images.GetValueOrDefault(name)
            ?? _images.Where(image => name.EndsWith('/' + image.Key, StringComparison.Ordinal)).Select(image => image.Value).FirstOrDefault();
    }
}
