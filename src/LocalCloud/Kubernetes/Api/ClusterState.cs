namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What the parts of one server share.</summary>
internal sealed class ClusterState
{
    public ClusterState(KubernetesApiOptions options)
    {
        Options = options;
        Tokens = new ServiceAccountTokens(options, this);
        Rbac = new RbacAuthorizer(this);
        Webhooks = new AdmissionWebhooks(this);
        Addresses = new ServiceAddresses(options.ServiceCidr);
        Writer = new ObjectWriter(this);
        Definitions = new CustomResources(this);
    }

    public KubernetesApiOptions Options { get; }

    public ObjectStore Store { get; } = new();

    public ResourceCatalog Catalog { get; } = new();

    public ServiceAccountTokens Tokens { get; }

    public RbacAuthorizer Rbac { get; }

    public AdmissionWebhooks Webhooks { get; }

    public ServiceAddresses Addresses { get; }

    public ObjectWriter Writer { get; }

    public CustomResources Definitions { get; }

    public PodLogProvider? PodLogs { get; set; }

    /// <summary>Ends all watches when the server stops.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Now, as objects write it: whole seconds of UTC.</summary>
    public string Now => Timestamp(Options.Clock.GetUtcNow());

    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
