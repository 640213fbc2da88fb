using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.Route53.Model;

namespace Mayfly.LocalCloud.Host;

/// <summary>What is in the account from the start: what a platform team has before the first environment.</summary>
internal sealed class Seeds(AwsSession session, CertificateAuthority authority)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly HashSet<string> _zones = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _buckets = new(StringComparer.Ordinal);

    /// <summary>The zones that were planted.</summary>
    public IReadOnlyList<string> Zones => [.. _zones];

    /// <summary>Plants what is not there yet; what was planted once and deleted since stays deleted.</summary>
    public async Task PlantAsync(IReadOnlyList<string> zones, IReadOnlyList<string> buckets, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await PlantZonesAsync(zones.Select(zone => zone.TrimEnd('.')).Where(_zones.Add).ToList(), ct);
            await PlantBucketsAsync(buckets.Where(_buckets.Add).ToList(), ct);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task PlantZonesAsync(IReadOnlyList<string> zones, CancellationToken ct)
    {
        var dns = session.CreateRoute53();
        var certificates = session.CreateCertificateManager();
        foreach (var name in zones)
        {
            await dns.CreateHostedZoneAsync(new CreateHostedZoneRequest($"{name}.", $"local-cloud-{name}"), ct);
            using var certificate = authority.Issue($"*.{name}", name);
            await certificates.ImportCertificateAsync(new ImportCertificateRequest
            {
                Certificate = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
                PrivateKey = Encoding.ASCII.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                CertificateChain = Encoding.ASCII.GetBytes(authority.Pem),
            }, ct);
        }
    }

    private async Task PlantBucketsAsync(IReadOnlyList<string> buckets, CancellationToken ct)
    {
        using var s3 = session.CreateS3();
        foreach (var bucket in buckets)
        {
            await s3.PutBucketAsync(new PutBucketRequest { BucketName = bucket }, ct);
            await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
            {
                BucketName = bucket,
                VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
            }, ct);
        }
    }
}
