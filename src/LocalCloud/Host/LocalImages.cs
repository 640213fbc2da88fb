using Mayfly.LocalCloud.Charts;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Operators;

namespace Mayfly.LocalCloud.Host;

/// <summary>The images that the local cloud can pull and run.</summary>
internal static class LocalImages
{
    private static readonly string[] Samples = ["jetscale/web", "jetscale/backend", "jetscale/task", "jetscale/crash", "jetscale/never-ready"];

    /// <summary>What can be run.</summary>
    public static ImageCatalog Catalog() => OperatorImages.AddTo(new ImageCatalog().AddSampleImages());

    /// <summary>What is in the registry from the start: every tag, as if each commit had been built.</summary>
    public static ImageStore Store() => new ImageStore().PreloadEveryTag([.. Samples, .. OperatorImages.Repositories]);
}
