using Mayfly.Aws;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Registry;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Teardown;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine;

/// <summary>What the stages of one run are made of: made once a run, from the world and the blueprint.</summary>
public sealed class RunParts : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    public RunParts(World world, Blueprint blueprint, ISecretContract secrets, LeaseTerms terms)
    {
        Lease = new RunLease(world.Store, LeaseKey(blueprint), terms, world.Clock);
        world = world with { Tools = new FencedTools(world.Tools, Lease.Lost) };
        (World, Blueprint, Secrets) = (world, blueprint, secrets);
        var work = Path.Combine(world.Home, "work", blueprint.Configuration.Project, blueprint.Environment.Id);
        Door = new ClusterDoor(world.Account, blueprint.ClusterName, Path.Combine(work, "kube"), world.Clock);
        Roots = new TerraformRoots(world, blueprint);
        Plans = new LayerPlans(Roots, Door);
        Orphans = new OrphanFinder(blueprint, world.Session, Door);
        Helms = new HelmFactory(world, blueprint, Door, Path.Combine(work, "helm"));
        Package = new ReleasePackage(blueprint, Path.Combine(work, "helm"));
        Pulls = new PullCheck(blueprint, Package, Helms, new RegistryClient(_http, blueprint.Configuration.Cloud.Registry), world.Session);
        Locks = new StateLocks(world, blueprint, Lease);
        Unblocking = new UnblockingParts(this, terms.RunId);
        Journal = new Journal(world.Store, JournalKey(blueprint));
        Sweep = Sweep.Of(world.Session, blueprint.Configuration.Environment.Zone);
        ControllerSweep = new Sweep(
        [
            new LoadBalancerLeftovers(world.Session.CreateElasticLoadBalancingV2()),
            new RecordLeftovers(world.Session.CreateRoute53(), blueprint.Configuration.Environment.Zone),
        ]);
        NetworkSweep = new Sweep(
        [
            new LoadBalancerLeftovers(world.Session.CreateElasticLoadBalancingV2()),
            new LoadBalancerRemains(world.Session.CreateEc2()),
        ]);
        IdleSweep = new Sweep([new LoadBalancerRemains(world.Session.CreateEc2(), onlyIdle: true)]);
    }

    public World World { get; }
    public Blueprint Blueprint { get; }
    public ISecretContract Secrets { get; }
    public ClusterDoor Door { get; }
    public TerraformRoots Roots { get; }
    public LayerPlans Plans { get; }
    public IOrphanFinder Orphans { get; }
    public HelmFactory Helms { get; }
    public ReleasePackage Package { get; }
    public PullCheck Pulls { get; }
    public RunLease Lease { get; }
    public StateLocks Locks { get; }
    public Journal Journal { get; }
    public UnblockingParts Unblocking { get; }

    /// <summary>Looks at everything.</summary>
    public Sweep Sweep { get; }

    /// <summary>Looks at what the cluster's controllers make in AWS.</summary>
    public Sweep ControllerSweep { get; }

    /// <summary>Looks at what dead controllers leave in the network.</summary>
    public Sweep NetworkSweep { get; }

    /// <summary>Looks at what of that nothing uses and only costs.</summary>
    public Sweep IdleSweep { get; }

    /// <summary>Objects that outlive a teardown's last stage: they belong to the run.</summary>
    public IReadOnlySet<string> RunKeys => new HashSet<string>(StringComparer.Ordinal) { LeaseKey(Blueprint), JournalKey(Blueprint) };

    /// <summary>Key of an environment's lease.</summary>
    public static string LeaseKey(Blueprint blueprint) => $"{blueprint.StatePrefix}/lease.json";

    /// <summary>Key of an environment's journal.</summary>
    public static string JournalKey(Blueprint blueprint) => $"{blueprint.StatePrefix}/journal.jsonl";

    /// <summary>Key of the notes of webhooks that are out of the way.</summary>
    public static string WebhooksKey(Blueprint blueprint) => $"{blueprint.StatePrefix}/webhooks.json";

    /// <summary>Key of what is remembered of an environment.</summary>
    public static string RecordKey(Blueprint blueprint) => blueprint.StatePrefix + Lifetimes.EnvironmentRecord.Name;

    /// <summary>The first stage of every pipeline.</summary>
    public Identity Identity(bool willWrite, bool readOnly) =>
        new(World, Blueprint, Lease, Roots) { WillWrite = willWrite, ReadOnly = readOnly };

    /// <summary>New credentials for AWS, and new tokens for the cluster.</summary>
    public Task RenewCredentialsAsync(CancellationToken ct)
    {
        World.Session.RenewCredentials();
        return Door.RenewAsync(ct);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Lease.DisposeAsync();
        _http.Dispose();
    }
}
