using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Tools;

namespace Mayfly.Cli;

/// <summary>One thing that must be right before a run can work.</summary>
internal sealed record DoctorFinding(string Check, bool Holds, string Found, string Next = "");

/// <summary>Examines a machine: each check looks only, and says what to do where it fails.</summary>
internal sealed class Doctor(CommandContext context)
{
    /// <summary>Every check, in the order of a run. What cannot be looked at without what failed before is left out.</summary>
    public async IAsyncEnumerable<DoctorFinding> ExamineAsync()
    {
        MayflyConfiguration? configuration = null;
        IReadOnlyList<string> problems = [];
        try
        {
            configuration = await context.ConfigurationAsync();
        }
        catch (InvalidInputException invalid)
        {
            problems = invalid.Problems;
        }

        yield return configuration is not null
            ? new DoctorFinding("configuration", true, context.ConfigurationPath)
            : new DoctorFinding("configuration", false, problems[0], problems.Count > 1 ? "mayfly validate lists all problems" : "");

        var settings = configuration ?? new MayflyConfiguration { Project = "none", Directory = Directory.GetCurrentDirectory() };
        yield return await ToolAsync("terraform", settings.Terraform.Binary, Terraform.VersionArguments(), settings.Terraform.MinVersion, settings,
            "Install terraform or tofu, or name one in terraform.binary.");
        yield return await ToolAsync("helm", settings.Helm.Binary, Helm.VersionArguments(), Helm.MinVersion, settings,
            "scripts/tools.sh fetches helm, or name one in helm.binary.");
        if (configuration is null)
        {
            yield break;
        }

        var world = World.Of(configuration, context.Variables, context.Clock);
        var credentials = await AskAsync("credentials", "Sign in: set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run in a role.", async () =>
        {
            var account = await world.Account.AccountIdAsync(context.Stop);
            return configuration.Aws.Account is { } wanted && wanted != account
                ? throw new InvalidInputException($"account {account}, but aws.account wants {wanted}")
                : $"account {account}, region {world.Session.Region}";
        });
        yield return credentials;
        if (!credentials.Holds)
        {
            yield break;
        }

        // One harmless read a service: whoever may not even look will not get through a run.
        yield return await AskAsync(
            "state", "Create the bucket or directory, and allow s3:ListBucket, GetObject, PutObject and DeleteObject on it.", () => StateAsync(world, configuration));
        yield return await AskAsync("EKS", "Allow eks:* to the role of runs.", () => ClustersAsync(world));
        yield return await AskAsync(
            "EKS node groups", "Allow eks:UpdateNodegroupConfig to the role of runs: sleep and wake need it.", () => NodegroupsAsync(world));
        yield return await AskAsync("Secrets Manager", "Allow secretsmanager:* to the role of runs.", () => SecretsAsync(world));
        yield return await AskAsync("DNS zone", "Create the zone, or name another in environment.zone.", () => ZoneAsync(world, configuration));
    }

    private async Task<string> StateAsync(World world, MayflyConfiguration configuration)
    {
        await world.Store.ListAsync("", context.Stop);
        return configuration.State.Bucket is { } bucket ? $"bucket {bucket}" : $"directory {configuration.State.Path}";
    }

    private async Task<string> ClustersAsync(World world)
    {
        await world.Session.CreateEks().ListClustersAsync(new ListClustersRequest(), context.Stop);
        return "may list clusters";
    }

    // Nothing is changed by it: pull requests are numbered from 1 on, and AWS looks for a cluster only when the caller may change it.
    private async Task<string> NodegroupsAsync(World world)
    {
        const string Nobody = "pr-0";
        try
        {
            await world.Session.CreateEks().UpdateNodegroupConfigAsync(
                new UpdateNodegroupConfigRequest(Nobody, Nobody, new NodegroupScalingConfig { MinSize = 0, MaxSize = 1, DesiredSize = 0 }), context.Stop);
        }
        catch (AwsException missing) when (missing.IsNotFound)
        {
            // So it was allowed.
        }

        return "may change node groups";
    }

    private async Task<string> SecretsAsync(World world)
    {
        await world.Session.CreateSecretsManager().ListSecretsAsync(new ListSecretsRequest { MaxResults = 1 }, context.Stop);
        return "may list secrets";
    }

    private async Task<string> ZoneAsync(World world, MayflyConfiguration configuration)
    {
        var asked = new ListHostedZonesByNameRequest { DNSName = configuration.Environment.Zone };
        var zones = await world.Session.CreateRoute53().ListHostedZonesByNameAsync(asked, context.Stop);
        return zones.HostedZones.Any(zone => zone.Name?.TrimEnd('.') == configuration.Environment.Zone)
            ? $"{configuration.Environment.Zone} is there"
            : throw new InvalidInputException($"Route 53 has no zone {configuration.Environment.Zone}");
    }

    private async Task<DoctorFinding> ToolAsync(
        string tool, string configured, IReadOnlyList<string> arguments, string minimum, MayflyConfiguration settings, string next)
    {
        var binary = Binaries.Locate(configured, settings.Directory, CommandContext.Home, context.Variables);
        var version = await ToolVersion.OfAsync(tool, binary, arguments, context.Stop);
        return version is null ? new DoctorFinding(tool, false, $"'{configured}' cannot be run", next)
            : Terraform.IsAtLeast(version.ToString(), minimum) ? new DoctorFinding(tool, true, $"{version} at {binary}")
            : new DoctorFinding(tool, false, $"{version} at {binary}; {minimum} is the oldest that works", next);
    }

    private static async Task<DoctorFinding> AskAsync(string check, string next, Func<Task<string>> ask)
    {
        try
        {
            return new DoctorFinding(check, true, await ask());
        }
        catch (InvalidInputException wrong)
        {
            return new DoctorFinding(check, false, wrong.Problems[0], next);
        }
        catch (AwsException nobody) when (nobody.Code == AwsErrorCodes.NoCredentials)
        {
            return new DoctorFinding(check, false, "no usable AWS credentials", next);
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            return new DoctorFinding(check, false, failure.Summary, next);
        }
    }
}
