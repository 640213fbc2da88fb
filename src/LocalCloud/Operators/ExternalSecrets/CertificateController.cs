using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>
/// Makes the webhook's serving certificate and tells the API server whom to trust. Until it has, every ExternalSecret is refused: the trap
/// of a fresh cluster, which can be kept open for longer.
/// </summary>
internal sealed class CertificateController : Controller
{
    private const string Component = "external-secrets.io/component";
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(90);

    private readonly Informer<V1ValidatingWebhookConfiguration> _webhooks;
    private readonly DateTimeOffset _notBefore;
    private readonly string _host;
    private readonly string _secretName;
    private readonly string _secretNamespace;

    public CertificateController(OperatorProcess process, TimeSpan delay)
        : base(process.Context, "external-secrets-cert-controller", workers: 1)
    {
        _secretName = process.Flags.Find("secret-name") ?? "external-secrets-webhook";
        _secretNamespace = process.Flags.Find("secret-namespace") ?? process.Namespace;
        _host = $"{process.Flags.Find("service-name") ?? "external-secrets-webhook"}.{process.Flags.Find("service-namespace") ?? process.Namespace}.svc";
        _notBefore = process.Context.Clock.GetUtcNow() + delay;
        _webhooks = Watch<V1ValidatingWebhookConfiguration>();
    }

    /// <summary>Whether every webhook trusts the certificate.</summary>
    public bool IsReady { get; private set; }

    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_webhooks.Store.Find(key) is not { Metadata.DeletionTimestamp: null } configuration || !IsOurs(configuration))
        {
            return;
        }

        if (_notBefore - Context.Clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
        {
            Queue.AddAfter(key, wait);
            return;
        }

        if (await EnsureCertificateAsync(ct) is not { } authority)
        {
            // The chart's secret is not there yet.
            Queue.AddAfter(key, TimeSpan.FromSeconds(1));
            return;
        }

        if (configuration.Webhooks.Any(webhook => !authority.AsSpan().SequenceEqual(webhook.ClientConfig.CaBundle)))
        {
            var changed = Facts.Copy(configuration);
            foreach (var webhook in changed.Webhooks)
            {
                webhook.ClientConfig.CaBundle = authority;
            }

            _webhooks.Store.Observe(await Api.UpdateAsync(changed, ct));
        }

        IsReady = _webhooks.Store.List().Where(IsOurs).All(ours => ours.Webhooks.All(webhook => webhook.ClientConfig.CaBundle is { Length: > 0 }))
            || configuration.Webhooks.Count == 0;
        if (!IsReady)
        {
            // The store's news of the other configuration may still be on its way.
            Queue.AddAfter(key, TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>The authority of the certificate that is there, or of a new one; null when there is no secret to keep it in.</summary>
    private async Task<byte[]?> EnsureCertificateAsync(CancellationToken ct)
    {
        if (await Api.FindAsync<V1Secret>(_secretNamespace, _secretName, ct) is not { } secret)
        {
            return null;
        }

        if (secret.Data is { } data && data.TryGetValue("ca.crt", out var known) && data.TryGetValue("tls.crt", out var serving) && IsGood(serving))
        {
            return known;
        }

        using var authority = CertificateAuthority.Create("external-secrets", Context.Clock);
        using var certificate = authority.Issue(_host);
        using var key = certificate.GetECDsaPrivateKey()!;
        var pem = Encoding.ASCII.GetBytes(authority.Pem);
        secret.Data = new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>())
        {
            ["ca.crt"] = pem,
            ["tls.crt"] = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
            ["tls.key"] = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()),
        };
        await Api.UpdateAsync(secret, ct);
        return pem;
    }

    private bool IsGood(byte[] pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem));
            return certificate.NotAfter.ToUniversalTime() - Context.Clock.GetUtcNow().UtcDateTime > RenewBefore && certificate.MatchesHostname(_host);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    private static bool IsOurs(V1ValidatingWebhookConfiguration configuration) =>
        configuration.Metadata.Labels is { } labels && labels.TryGetValue(Component, out var component) && component == "webhook";
}
