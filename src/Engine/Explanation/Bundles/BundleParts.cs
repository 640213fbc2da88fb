using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>Everything that goes into a bundle, in the order of its index.</summary>
public static class BundleParts
{
    /// <summary>The parts of an environment's bundle.</summary>
    /// <param name="world">The world.</param>
    /// <param name="blueprint">Whose it is.</param>
    /// <param name="door">The way to its cluster.</param>
    /// <param name="explained">Walked the chain already: what it saw is shown as it saw it.</param>
    /// <param name="chain">What it said.</param>
    /// <param name="logsAreSafe">Whether every secret that a log may show is known.</param>
    /// <param name="scrubber">Takes secrets out.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<IReadOnlyList<BundlePart>> OfAsync(
        World world, Blueprint blueprint, ClusterDoor door, Explainer explained, Chain chain, bool logsAreSafe, Scrubber scrubber, CancellationToken ct)
    {
        var opened = await Look.AtAsync(() => door.FindAsync(ct), ct);
        return
        [
            new("chain.txt", "the chain from the name to the log, as mayfly explain shows it",
                _ => Task.FromResult<PartContent>(new PartContent.Text(string.Join('\n', ChainText.Lines(chain))))),
            new("chain.json", "the same for programs",
                _ => Task.FromResult<PartContent>(new PartContent.Text(scrubber.Json(new JsonArray([.. chain.All.Select(ChainText.Json)]))))),
            .. new LocalParts(world, blueprint).All,
            .. new StoreParts(world, blueprint).All,
            .. new ClusterParts(blueprint, opened, logsAreSafe, scrubber).All,
            .. new AwsParts(world, blueprint, explained.Seen, scrubber).All,
        ];
    }
}
