using k8s;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Gives each namespace its default service account and the config map with the cluster's authority.</summary>
public sealed class ServiceAccountController : Controller
{
    private const string Account = "default";
    private const string Authority = "kube-root-ca.crt";
    private readonly Informer<V1Namespace> _namespaces;

    /// <summary>For one cluster.</summary>
    public ServiceAccountController(ControllerContext context)
        : base(context, "serviceaccount-controller")
    {
        _namespaces = Watch<V1Namespace>();
        context.Informers.For<V1ServiceAccount>().OnChange((old, account) => Missing(old, account, Account));
        context.Informers.For<V1ConfigMap>().OnChange((old, map) => Missing(old, map, Authority));
    }

    private void Missing(IKubernetesObject<V1ObjectMeta>? old, IKubernetesObject<V1ObjectMeta>? item, string name)
    {
        if (item is null && old!.Metadata.Name == name)
        {
            Queue.Add(old.Metadata.NamespaceProperty);
        }
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_namespaces.Store.Find(key) is not { Metadata.DeletionTimestamp: null })
        {
            return;
        }

        if (Context.Informers.For<V1ServiceAccount>().Store.Find($"{key}/{Account}") is null)
        {
            await EnsureAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Account, NamespaceProperty = key } }, ct);
        }

        if (Context.Informers.For<V1ConfigMap>().Store.Find($"{key}/{Authority}") is null)
        {
            await EnsureAsync(
                new V1ConfigMap
                {
                    Metadata = new V1ObjectMeta { Name = Authority, NamespaceProperty = key },
                    Data = new Dictionary<string, string> { ["ca.crt"] = Api.Cluster.AuthorityPem },
                },
                ct);
        }
    }

    private async Task EnsureAsync<T>(T wanted, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            Context.Informers.For<T>().Store.Observe(await Api.CreateAsync(wanted, ct));
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists || failure.IsNamespaceTerminating)
        {
        }
    }
}
