using Mayfly.Engine.Clouds.Registry;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Stages;

/// <summary>Reads the images of a rendered chart.</summary>
public static class ReleaseImages
{
    /// <summary>The images that the containers of a manifest name, each once. Text that is no YAML has none.</summary>
    public static IReadOnlyList<ImageReference> Of(string manifest)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(manifest));
        }
        catch (YamlException)
        {
            return [];
        }

        return [.. stream.Documents.SelectMany(document => In(document.RootNode)).Select(ImageReference.Parse).OfType<ImageReference>().Distinct()];
    }

    // A pod's template may lie anywhere: in a Deployment, a CronJob, or a kind that nobody here knows.
    private static IEnumerable<string> In(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(pair =>
            pair is { Key: YamlScalarNode { Value: "containers" or "initContainers" }, Value: YamlSequenceNode containers }
                ? containers.Children.OfType<YamlMappingNode>().Select(ImageOf).OfType<string>()
                : In(pair.Value)),
        YamlSequenceNode list => list.Children.SelectMany(In),
        _ => [],
    };

    private static string? ImageOf(YamlMappingNode container) =>
        container.Children.TryGetValue("image", out var image) && image is YamlScalarNode { Value: { Length: > 0 } name } ? name : null;
}
