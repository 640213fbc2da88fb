using System.Threading.Channels;
using k8s;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;
using Mayfly.LocalCloud.Edge;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalDns;

/// <summary>The image of ExternalDNS: writes into Route 53 what Ingresses and Services want, at intervals and, if told so, at changes.</summary>
internal sealed class ExternalDnsImage : IImage
{
    private const int ProbePort = 7979;

    public Task<int> RunAsync(ContainerContext container, CancellationToken stopped) =>
        OperatorProcess.UntilStoppedAsync(() => RunAsync(new OperatorProcess(container, "external-dns"), stopped), stopped);

    private static async Task RunAsync(OperatorProcess process, CancellationToken stopped)
    {
        await using var running = process;
        await using var probe = await AdmissionServer.StartProbeAsync(process.Container, ProbePort, () => true, stopped);
        var flags = process.Flags;
        var sources = flags.All("source");
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        Func<IEnumerable<V1Ingress>> ingresses = sources.Contains("ingress") ? Watch<V1Ingress>(process, changed) : () => [];
        Func<IEnumerable<V1Service>> services = sources.Contains("service") ? Watch<V1Service>(process, changed) : () => [];
        await process.Informers.SyncedAsync(stopped);

        var zones = new ZoneWriter(process);
        var interval = flags.Duration("interval", TimeSpan.FromMinutes(1));
        var atLeast = flags.Duration("min-event-sync-interval", TimeSpan.FromSeconds(5));
        while (true)
        {
            changed.Reader.TryRead(out _);
            try
            {
                await zones.WriteAsync([.. ClusterNames.Of(ingresses()), .. ClusterNames.Of(services())], stopped);
            }
            catch (AwsException refusal)
            {
                process.Log($"level=error msg=\"Failed to do run once: {refusal.Code}: {refusal.Message}\"");
            }

            await WaitAsync(process, flags.Is("events"), changed.Reader, interval, atLeast, stopped);
        }
    }

    private static async Task WaitAsync(
        OperatorProcess process, bool atEvents, ChannelReader<bool> changed, TimeSpan interval, TimeSpan atLeast, CancellationToken stopped)
    {
        var clock = process.Container.Cloud.Clock;
        if (!atEvents || atLeast >= interval)
        {
            await Task.Delay(interval, clock, stopped);
            return;
        }

        await Task.Delay(atLeast, clock, stopped);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        await Task.WhenAny(changed.WaitToReadAsync(enough.Token).AsTask(), Task.Delay(interval - atLeast, clock, enough.Token));
        await enough.CancelAsync();
        stopped.ThrowIfCancellationRequested();
    }

    private static Func<IEnumerable<T>> Watch<T>(OperatorProcess process, Channel<bool> changed)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var only = process.Flags.Find("namespace");
        var informer = process.Informers.For<T>();
        informer.OnChange((_, _) => changed.Writer.TryWrite(true));
        return () => informer.Store.List().Where(item => string.IsNullOrEmpty(only) || item.Metadata.NamespaceProperty == only);
    }
}

/// <summary>Writes wanted names into the zones that they belong in.</summary>
internal sealed class ZoneWriter(OperatorProcess process)
{
    private readonly AmazonRoute53Client _route53 = new(process.Container.Cloud.OpenSession("external-dns", maxAttempts: 3));
    private readonly List<string> _domains = [.. process.Flags.All("domain-filter").Select(DnsPlan.Plain)];
    private readonly List<string> _excluded = [.. process.Flags.All("exclude-domains").Select(DnsPlan.Plain)];
    private readonly DnsPlan _plan = new(
        new Ownership(
            process.Flags.Find("txt-owner-id") ?? "default", process.Flags.Find("txt-prefix") ?? "", process.Flags.Find("txt-suffix") ?? ""),
        process.Flags.Find("policy") ?? "sync");

    /// <summary>Writes them.</summary>
    public async Task WriteAsync(IReadOnlyList<WantedName> wanted, CancellationToken ct)
    {
        var zones = (await ZonesAsync(ct)).ToList();
        var ours = wanted.Where(name => IsOurs(DnsPlan.Plain(name.Name)))
            .ToLookup(name => zones.Where(zone => IsWithin(DnsPlan.Plain(name.Name), DnsPlan.Plain(zone.Name))).MaxBy(zone => zone.Name.Length)?.Id ?? "");
        foreach (var zone in zones)
        {
            var changes = _plan.Changes([.. ours[zone.Id]], await RecordsAsync(zone.Id, ct), why => process.Log($"level=debug msg=\"{why.Replace('"', '\'')}\""));
            if (changes.Count == 0)
            {
                continue;
            }

            foreach (var change in changes)
            {
                process.Log($"level=info msg=\"Desired change: {change.Action} {DnsPlan.Plain(change.ResourceRecordSet.Name)} {change.ResourceRecordSet.Type}\"");
            }

            await _route53.ChangeResourceRecordSetsAsync(new ChangeResourceRecordSetsRequest(zone.Id, new ChangeBatch(changes)), ct);
        }
    }

    private async Task<IEnumerable<HostedZone>> ZonesAsync(CancellationToken ct)
    {
        var zones = new List<HostedZone>();
        for (var marker = (string?)null; ;)
        {
            var page = await _route53.ListHostedZonesAsync(new ListHostedZonesRequest(marker), ct);
            zones.AddRange(page.HostedZones);
            if (!page.IsTruncated || page.NextMarker is null)
            {
                // Only zones that the filter names, or that hold what it names.
                return zones.Where(zone => _domains.Count == 0 || _domains.Exists(domain =>
                    IsWithin(DnsPlan.Plain(zone.Name), domain) || IsWithin(domain, DnsPlan.Plain(zone.Name))));
            }

            marker = page.NextMarker;
        }
    }

    private async Task<List<ResourceRecordSet>> RecordsAsync(string zone, CancellationToken ct)
    {
        var records = new List<ResourceRecordSet>();
        var request = new ListResourceRecordSetsRequest(zone);
        while (true)
        {
            var page = await _route53.ListResourceRecordSetsAsync(request, ct);
            records.AddRange(page.ResourceRecordSets);
            if (!page.IsTruncated || page.NextRecordName is null)
            {
                return records;
            }

            request = request with { StartRecordName = page.NextRecordName, StartRecordType = page.NextRecordType };
        }
    }

    private bool IsOurs(string name) =>
        (_domains.Count == 0 || _domains.Exists(domain => IsWithin(name, domain))) && !_excluded.Exists(domain => IsWithin(name, domain));

    private static bool IsWithin(string name, string domain) => name == domain || name.EndsWith('.' + domain.TrimStart('.'), StringComparison.Ordinal);
}
