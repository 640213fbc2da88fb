using System.CommandLine;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Cli.Rendering;
using Mayfly.Engine;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Explanation;
using Mayfly.Engine.Explanation.Bundles;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly explain</c>: why an environment is not reachable, from its name to its pods' logs.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string?> BundlePath = new("--bundle")
    {
        Description = "Also writes a debug bundle, to attach to a ticket: one archive, secrets left out. A file that exists is not overwritten.",
        HelpName = "FILE.tar.gz",
    };

    public static Command Create() => EnvironmentOptions.AddTo(
        new Command("explain", "Shows why an environment is not reachable: the chain from its name to its pods' logs, the first broken link marked.") { BundlePath })
        .WithAction(RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var path = context.Call.GetValue(BundlePath);
        if (path is not null)
        {
            Bundle.CheckPlace(path);
        }

        var configuration = await context.ConfigurationAsync();
        var identity = await context.EnvironmentAsync();
        var world = World.Of(configuration, context.Variables, context.Clock);
        var blueprint = new Blueprint(configuration, await WithDeployedCommitAsync(context, world, configuration, identity));
        await using var door = new ClusterDoor(
            world.Account, blueprint.ClusterName, Path.Combine(world.Home, "work", configuration.Project, blueprint.Environment.Id, "kube"), context.Clock);
        blueprint.Account ??= (await Look.AtAsync<string>(async () => await world.Account.AccountIdAsync(context.Stop), context.Stop)).Value;
        var contract = new SecretContract(world.Session.CreateSecretsManager(), blueprint, context.Variables.Variables, context.Redactor);
        var known = new KnownSecrets(contract, blueprint, door, context.Redactor);
        var explainer = new Explainer(world, blueprint, door, known);
        var chain = await explainer.WalkAsync(context.Stop);
        foreach (var line in ChainText.Lines(chain))
        {
            context.Words.WriteLine(context.Redactor.Redact(line));
        }

        var bundled = path is null ? null : await BundleAsync(context, path, world, blueprint, door, explainer, chain, known);
        Answers.Close(context, Outcome(chain), result =>
        {
            result["environment"] = blueprint.Environment.Id;
            result["url"] = blueprint.Url;
            result["first_broken"] = chain.FirstBroken?.Name;
            result["chain"] = new JsonArray([.. chain.Links.Select(link => Describe(context, link))]);
            result["secrets"] = new JsonArray([.. chain.Secrets.Select(link => Describe(context, link))]);
            result["next"] = Answers.Array(chain.Next().Select(context.Redactor.Redact));
            if (bundled is not null)
            {
                result["bundle"] = Describe(path!, bundled);
            }
        });
        return chain.Verdict switch
        {
            ChainVerdict.Reachable => ExitCodes.Holds,
            ChainVerdict.Broken => ExitCodes.NotReachable,
            _ => ExitCodes.NeedsPerson,
        };
    }

    // Wanted is what the last run wanted, not what happens to be checked out where somebody asks.
    private static async Task<EnvironmentIdentity> WithDeployedCommitAsync(
        CommandContext context, World world, MayflyConfiguration configuration, EnvironmentIdentity identity)
    {
        if (context.Call.GetValue(EnvironmentOptions.Commit) is not null)
        {
            return identity;
        }

        try
        {
            var known = await EnvironmentStatus.ReadAsync(configuration, world.Store, identity.Id, context.Stop);
            return identity with { PullRequest = identity.PullRequest with { Commit = known.Count > 0 ? known[0].Run.Commit : null } };
        }
        catch (Exception e) when (!context.Stop.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return identity with { PullRequest = identity.PullRequest with { Commit = null } };
        }
    }

    private static JsonNode Describe(CommandContext context, Link link) => ChainText.Json(link with
    {
        Summary = context.Redactor.Redact(link.Summary),
        Evidence = [.. link.Evidence.Select(context.Redactor.Redact)],
    });

    private static async Task<IReadOnlyList<BundleFile>> BundleAsync(
        CommandContext context, string path, World world, Blueprint blueprint, ClusterDoor door, Explainer explainer, Chain chain, KnownSecrets known)
    {
        var scrubber = new Scrubber(context.Redactor);
        var bundle = new Bundle(scrubber, context.Clock);
        var parts = await BundleParts.OfAsync(world, blueprint, door, explainer, chain, await known.LearnAsync(context.Stop), scrubber, context.Stop);
        var files = await bundle.MakeAsync(parts, context.Stop);
        var now = context.Clock.GetUtcNow();
        bundle.Write(path, $"mayfly explain --bundle, {now:u}\nenvironment {blueprint.Environment.Id}, {blueprint.Url}\nit is {Outcome(chain)}", files);
        context.Words.WriteLine();
        context.Words.WriteLine($"wrote {path}: {files.Count(file => file.Text is not null)} files, secrets left out; what is missing, and why, stands in its {Bundle.Index}");
        return files;
    }

    private static JsonObject Describe(string path, IReadOnlyList<BundleFile> files) => new()
    {
        ["file"] = Path.GetFullPath(path),
        ["files"] = Answers.Array(files.Where(file => file.Text is not null).Select(file => file.Name)),
        ["missing"] = new JsonArray([.. files.Where(file => file.Text is null).Select(file => (JsonNode)new JsonObject { ["file"] = file.Name, ["why"] = file.Why })]),
    };

    private static string Outcome(Chain chain) => chain.Verdict switch
    {
        ChainVerdict.Reachable => "reachable",
        ChainVerdict.Broken => "broken",
        _ => "unknown",
    };
}
