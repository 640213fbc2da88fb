using System.CommandLine;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Cli.Rendering;
using Mayfly.Engine;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Explanation;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly explain</c>: why an environment is not reachable, from its name to its pods' logs.</summary>
internal static class ExplainCommand
{
    public static Command Create() => EnvironmentOptions.AddTo(
        new Command("explain", "Shows why an environment is not reachable: the chain from its name to its pods' logs, the first broken link marked."))
        .WithAction(RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var configuration = await context.ConfigurationAsync();
        var identity = await context.EnvironmentAsync();
        var world = World.Of(configuration, context.Variables, context.Clock);
        var blueprint = new Blueprint(configuration, await WithDeployedCommitAsync(context, world, configuration, identity));
        await using var door = new ClusterDoor(
            world.Account, blueprint.ClusterName, Path.Combine(world.Home, "work", configuration.Project, blueprint.Environment.Id, "kube"), context.Clock);
        var chain = await new Explainer(world, blueprint, door).WalkAsync(context.Stop);
        chain = await WithoutSecretsAsync(context, world, blueprint, chain);
        Show(context, chain);
        Answers.Close(context, Outcome(chain), result =>
        {
            result["environment"] = blueprint.Environment.Id;
            result["url"] = blueprint.Url;
            result["first_broken"] = chain.FirstBroken?.Name;
            result["chain"] = new JsonArray([.. chain.Links.Select(link => Describe(context, link))]);
            result["secrets"] = new JsonArray([.. chain.Secrets.Select(link => Describe(context, link))]);
            result["next"] = Answers.Array(chain.Next().Select(context.Redactor.Redact));
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

    // A log may show what the application got: the values are read only so that they can be taken out, and only when there is
    // something from inside to show. Where they cannot be read, lines of logs are left out.
    private static async Task<Chain> WithoutSecretsAsync(CommandContext context, World world, Blueprint blueprint, Chain chain)
    {
        if (chain.All.All(link => link.Evidence.Count == 0))
        {
            return chain;
        }

        try
        {
            blueprint.Account ??= await world.Account.AccountIdAsync(context.Stop);
            await new SecretContract(world.Session.CreateSecretsManager(), blueprint, context.Variables.Variables, context.Redactor).CheckAsync(context.Stop);
            return chain;
        }
        catch (Exception e) when (!context.Stop.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            context.Error.WriteLine("the secrets could not be read, so lines of logs, which may show them, are left out");
            return chain with
            {
                Links = [.. chain.Links.Select(link => link.Name.StartsWith("log ", StringComparison.Ordinal) ? link with { Evidence = [] } : link)],
            };
        }
    }

    private static void Show(CommandContext context, Chain chain)
    {
        var first = chain.FirstBroken;
        var width = chain.All.Max(link => link.Name.Length);
        void Links(IEnumerable<Link> links)
        {
            foreach (var link in links)
            {
                context.Words.WriteLine(context.Redactor.Redact(
                    $"{Mark(link.State)} {link.Name.PadRight(width)}  {link.Summary}{(link == first ? "   <- the first broken link" : "")}"));
                foreach (var line in link.State == LinkState.Broken ? link.Evidence : [])
                {
                    context.Words.WriteLine(context.Redactor.Redact($"    {line}"));
                }
            }
        }

        Links(chain.Links);
        if (chain.Secrets.Count > 0)
        {
            context.Words.WriteLine();
            Links(chain.Secrets);
        }

        foreach (var next in chain.Next())
        {
            context.Words.WriteLine(context.Redactor.Redact($"-> {next}"));
        }
    }

    private static JsonNode Describe(CommandContext context, Link link) => new JsonObject
    {
        ["link"] = link.Name,
        ["state"] = link.State.ToString().ToLowerInvariant(),
        ["summary"] = context.Redactor.Redact(link.Summary),
        ["evidence"] = Answers.Array(link.Evidence.Select(context.Redactor.Redact)),
        ["next"] = Answers.Array(link.Next),
    };

    private static char Mark(LinkState state) => state switch
    {
        LinkState.Fine => '✓',
        LinkState.Broken => '✗',
        _ => '?',
    };

    private static string Outcome(Chain chain) => chain.Verdict switch
    {
        ChainVerdict.Reachable => "reachable",
        ChainVerdict.Broken => "broken",
        _ => "unknown",
    };
}
