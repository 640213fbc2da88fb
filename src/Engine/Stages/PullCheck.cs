using System.Text.RegularExpressions;
using Mayfly.Aws;
using Mayfly.Aws.Ecr;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Clouds.Registry;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Asks the registries whether the nodes will be able to pull what is about to be deployed. It looks only when a deployment is due,
/// and changes nothing. Only a registry's own "no" counts: one that does not answer may well answer the nodes.
/// </summary>
/// <param name="registries">Asks registries.</param>
/// <param name="session">The account, for registries of ECR.</param>
public sealed partial class PullCheck(
    Blueprint blueprint, ReleasePackage package, HelmFactory helms, RegistryClient registries, AwsSession session)
{
    private const int Parallel = 6;

    /// <summary>The broken rows; none when all is well, or nothing will be deployed.</summary>
    /// <param name="pullSecret">The pull secret's name; null: there is none.</param>
    /// <param name="logins">What it holds.</param>
    public async Task<IReadOnlyList<SecretFinding>> LookAsync(
        Cluster cluster, string? pullSecret, RegistryLogins logins, StageReporter reporter, CancellationToken ct)
    {
        if (!(await helms.VersionAsync(ct)).Is(out var version, out _))
        {
            // Deploy says it better.
            return [];
        }

        var ready = package.Prepare(version.Major);
        var revisions = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        if (DeployRelease.Classify(revisions, ready.Fingerprint) == DeployRelease.Standing.Current)
        {
            return [];
        }

        var helm = await helms.OpenAsync(cluster, ct);
        return (await helm.TemplateAsync(blueprint.Release, ready.Chart, ready.ValuesFile, ct)).Is(out var manifest, out _)
            ? await AskAsync(ReleaseImages.Of(manifest), pullSecret, logins, reporter, ct)
            : [];
    }

    /// <summary>Asks for each image, and for each login that is refused, why.</summary>
    public async Task<IReadOnlyList<SecretFinding>> AskAsync(
        IReadOnlyList<ImageReference> images, string? pullSecret, RegistryLogins logins, StageReporter reporter, CancellationToken ct)
    {
        var rows = new SecretFinding?[images.Count];
        var indexed = images.Select((image, index) => (image, index));
        await System.Threading.Tasks.Parallel.ForEachAsync(
            indexed, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct },
            async (one, token) => rows[one.index] = await OneAsync(one.image, pullSecret, logins, reporter, token));
        return [.. rows.OfType<SecretFinding>().Distinct()];
    }

    private async Task<SecretFinding?> OneAsync(
        ImageReference image, string? pullSecret, RegistryLogins logins, StageReporter reporter, CancellationToken ct)
    {
        var own = logins.For(image.Host);
        var login = own ?? await NodesLoginAsync(image.Host, reporter, ct);
        switch (await registries.FindAsync(image, login, ct))
        {
            case RegistryAnswer.NotFound:
                return new SecretFinding(image.ToString(), "", SecretState.Broken, SecretLink.Image,
                    "the registry does not have it", "Push the image (the build of this commit may still be running), or correct its name and tag.");
            case RegistryAnswer.Denied(var detail) when own is not null:
                return await registries.PingAsync(image.Host, own, ct) is RegistryAnswer.Denied
                    ? new SecretFinding(pullSecret!, image.Host, SecretState.Broken, SecretLink.Registry,
                        $"the registry refuses this login ({detail})", $"Give the pull secret a login that {image.Host} accepts; it may have expired.")
                    : new SecretFinding(image.ToString(), "", SecretState.Broken, SecretLink.Access,
                        $"the login of {pullSecret} may not pull it, or it is not there ({detail})", "Allow the login to pull it, or push the image.");
            case RegistryAnswer.Denied(var detail) when login is not null:
                // The nodes' role may do what the role of this run may not.
                reporter.Notice($"{image}: the registry denies it to the role of this run ({detail}); whether the nodes may pull it is not known");
                return null;
            case RegistryAnswer.Denied(var detail):
                return new SecretFinding(pullSecret ?? image.ToString(), image.Host, SecretState.Broken, SecretLink.Registry,
                    $"{image} is not public, and there is no login for it ({detail})",
                    $"Put a login for {image.Host} into the pull secret, or make the image public.");
            case RegistryAnswer.Unknown(var detail):
                reporter.Notice($"{image}: could not be looked for: {detail}");
                return null;
            default:
                return null;
        }
    }

    // On EKS the nodes log in to ECR by their role; the run asks with its own.
    private async Task<RegistryLogin?> NodesLoginAsync(string host, StageReporter reporter, CancellationToken ct)
    {
        if (Ecr().Match(host) is not { Success: true } ecr)
        {
            return null;
        }

        try
        {
            var there = new AwsSession(session.Options with { Region = ecr.Groups["region"].Value });
            return await new AmazonECRClient(there).GetAuthorizationTokenAsync(ct) is { } token ? RegistryLogin.OfBasic(token) : null;
        }
        catch (AwsException refused)
        {
            reporter.Notice($"{host}: AWS gives no login for it ({refused.Code})");
            return null;
        }
    }

    [GeneratedRegex(@"^[0-9]{12}\.dkr\.ecr(-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?$")]
    private static partial Regex Ecr();
}
