using System.Net;
using ARSoft.Tools.Net;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.LocalCloud.Edge.Balancing;
using Mayfly.LocalCloud.Edge.Dns;

namespace Mayfly.LocalCloud.Edge;

/// <summary>What the public can see of the account at one moment.</summary>
/// <param name="Balancers">The load balancers.</param>
/// <param name="Zones">What DNS answers.</param>
public sealed record PublicView(BalancerTable Balancers, ZoneTable Zones)
{
    /// <summary>The load balancer's name that DNS leads to from a host; null: to none.</summary>
    public string? Resolve(string host) =>
        RecordText.Name(host) is { } name && Zones.BalancerOf(name) is { } balancer ? balancer.ToString().TrimEnd('.') : null;
}

/// <summary>
/// Reads what the public can see, load balancers and DNS, from AWS: when somebody asks, and at most every moment. Nothing runs while
/// nobody asks.
/// </summary>
public sealed class PublicSide : IDisposable
{
    private readonly Snapshot<ZoneTable> _zones;
    private readonly Snapshot<BalancerTable> _balancers;

    /// <summary>Sets it up; nothing is read yet.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="edge">The address that stands for every load balancer.</param>
    /// <param name="maxAge">How old a picture of the account may be; null: half a second.</param>
    public PublicSide(CloudContext cloud, IPAddress edge, TimeSpan? maxAge = null)
    {
        var session = cloud.OpenSession("edge");
        var balancing = new AmazonElasticLoadBalancingV2Client(session);
        var zones = new ZoneReader(session, balancing, edge);
        var balancers = new BalancerReader(session, balancing);
        var age = maxAge ?? TimeSpan.FromMilliseconds(500);
        _zones = new Snapshot<ZoneTable>(zones.ReadAsync, age, cloud.Clock);
        _balancers = new Snapshot<BalancerTable>(balancers.ReadAsync, age, cloud.Clock);
    }

    /// <summary>What DNS answers; null when AWS never answered.</summary>
    public ValueTask<ZoneTable?> ZonesAsync(CancellationToken ct) => _zones.GetAsync(ct);

    /// <summary>Load balancers and DNS; null when AWS never answered.</summary>
    public async ValueTask<PublicView?> LookAsync(CancellationToken ct)
    {
        var zones = _zones.GetAsync(ct).AsTask();
        return await _balancers.GetAsync(ct) is { } balancers && await zones is { } known ? new PublicView(balancers, known) : null;
    }

    /// <summary>Says that something changed in AWS: whoever asks next gets a new picture.</summary>
    public void Changed()
    {
        _zones.Expire();
        _balancers.Expire();
        WasChanged?.Invoke();
    }

    /// <summary>Somebody said that something changed.</summary>
    internal event Action? WasChanged;

    /// <inheritdoc />
    public void Dispose()
    {
        _zones.Dispose();
        _balancers.Dispose();
    }
}
