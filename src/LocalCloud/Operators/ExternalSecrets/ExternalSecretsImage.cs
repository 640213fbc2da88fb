using System.Security.Cryptography.X509Certificates;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>The image of External Secrets Operator: one program with three commands, as the real one.</summary>
internal sealed class ExternalSecretsImage(OperatorOptions options) : IImage
{
    private static readonly TimeSpan CertificateWait = TimeSpan.FromMilliseconds(250);

    public Task<int> RunAsync(ContainerContext container, CancellationToken stopped) => OperatorProcess.UntilStoppedAsync(
        () => container.Arguments.FirstOrDefault() switch
        {
            "webhook" => ServeWebhooksAsync(container, stopped),
            "certcontroller" => KeepCertificateAsync(container, stopped),
            _ => SyncAsync(container, stopped),
        },
        stopped);

    private static async Task SyncAsync(ContainerContext container, CancellationToken stopped)
    {
        await using var process = new OperatorProcess(container, "external-secrets");
        var clients = new StoreClients(process.Api, container.Cloud, process.Flags.Find("controller-class") ?? "default");
        var withClusterStores = process.Flags.Is("enable-cluster-store-reconciler", otherwise: true);
        process.Add(new StoreController<SecretStore>(process, clients, "secret-store"));
        if (withClusterStores)
        {
            process.Add(new StoreController<ClusterSecretStore>(process, clients, "cluster-secret-store"));
        }

        process.Add(new ExternalSecretController(process, clients, withClusterStores));
        process.Log("starting controllers");
        await process.RunAsync(stopped);
    }

    private async Task KeepCertificateAsync(ContainerContext container, CancellationToken stopped)
    {
        await using var process = new OperatorProcess(container, "external-secrets-cert-controller");
        var certificates = process.Add(new CertificateController(process, options.WebhookCertificateDelay));
        await using var probe = await AdmissionServer.StartProbeAsync(
            container, process.Flags.Port("healthz-addr", 8081), () => certificates.IsReady, stopped);
        await process.RunAsync(stopped);
    }

    private static async Task ServeWebhooksAsync(ContainerContext container, CancellationToken stopped)
    {
        var flags = new Flags(container.Arguments);
        var clock = container.Cloud.Clock;
        var folder = flags.Find("cert-dir") ?? "/tmp/certs";
        X509Certificate2? certificate = null;
        await using var probe = await AdmissionServer.StartProbeAsync(
            container, flags.Port("healthz-addr", 8081), () => Volatile.Read(ref certificate) is not null, stopped);

        X509Certificate2? first;
        while ((first = await AdmissionServer.ReadCertificateAsync(container, folder, stopped)) is null)
        {
            await Task.Delay(CertificateWait, clock, stopped);
        }

        var serving = first;
        await using var server = await AdmissionServer.StartAsync(
            container, flags.Number("port", 10250), () => Volatile.Read(ref serving), Validators.Webhooks, stopped);
        Volatile.Write(ref certificate, serving);
        while (true)
        {
            await Task.Delay(flags.Duration("check-interval", TimeSpan.FromMinutes(5)), clock, stopped);
            if (await AdmissionServer.ReadCertificateAsync(container, folder, stopped) is { } renewed)
            {
                // The one before may be in use by a handshake; the collector takes it.
                Volatile.Write(ref serving, renewed);
            }
        }
    }
}
