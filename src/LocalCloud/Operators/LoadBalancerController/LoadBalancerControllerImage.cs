using System.Security.Cryptography.X509Certificates;
using k8s.Models;
using Mayfly.LocalCloud.Edge;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>The image of the AWS Load Balancer Controller: webhooks in every replica, controllers in the one that holds the lease.</summary>
internal sealed class LoadBalancerControllerImage : IImage
{
    private const string CertificateFolder = "/tmp/k8s-webhook-server/serving-certs";
    private const int ProbePort = 61779;
    private const string Lease = "aws-load-balancer-controller-leader";

    public Task<int> RunAsync(ContainerContext container, CancellationToken stopped) =>
        OperatorProcess.UntilStoppedAsync(() => RunAsync(new OperatorProcess(container, "aws-load-balancer-controller"), stopped), stopped);

    private static async Task RunAsync(OperatorProcess process, CancellationToken stopped)
    {
        await using var running = process;
        var container = process.Container;
        var cluster = process.Flags.Find("cluster-name") ?? container.Cluster.Name;
        var session = container.Cloud.OpenSession("aws-load-balancer-controller", maxAttempts: 3);
        var vpc = process.Flags.Find("aws-vpc-id") ?? await FindVpcAsync(container, cluster, stopped);
        var classes = process.Informers.For<V1IngressClass>();

        var serving = await AdmissionServer.ReadCertificateAsync(container, CertificateFolder, stopped)
            ?? throw new InvalidOperationException($"No certificate lies in {CertificateFolder}.");
        using var certificate = serving;
        var ready = false;
        await using var probe = await AdmissionServer.StartProbeAsync(container, ProbePort, () => Volatile.Read(ref ready), stopped);
        await process.Informers.SyncedAsync(stopped);
        var webhooks = new Webhooks(name => classes.Store.Find(name) is not null);
        await using var server = await AdmissionServer.StartAsync(
            container, process.Flags.Number("webhook-bind-port", 9443), () => serving, webhooks.ByPath, stopped);
        Volatile.Write(ref ready, true);

        await new LeaderLease(process, Lease).RunAsync(
            held =>
            {
                process.Add(new GroupController(process, session, new Discovery(session, cluster, vpc), cluster));
                process.Add(new BindingController(process, session));
                process.Add(new ServiceController(process));
                return process.RunAsync(held);
            },
            stopped);
    }

    // The real one asks the instance's metadata service; here the cluster knows.
    private static async Task<string> FindVpcAsync(ContainerContext container, string cluster, CancellationToken ct)
    {
        var eks = new Mayfly.Aws.EKS.AmazonEKSClient(container.Cloud.OpenSession("aws-load-balancer-controller", maxAttempts: 3));
        var found = await eks.DescribeClusterAsync(new(cluster), ct);
        return found.Cluster.ResourcesVpcConfig?.VpcId ?? throw new InvalidOperationException("The cluster has no VPC: give --aws-vpc-id.");
    }
}
