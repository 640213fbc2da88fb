using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.Route53.Model;

namespace Mayfly.LocalCloud.Host;

/// <summary>What is in the account from the start: what a platform team has before the first environment.</summary>
internal static class Seeds
{
    public static async Task PlantAsync(AwsSession session, CertificateAuthority authority, LocalCloudOptions options, CancellationToken ct)
    {
        var dns = session.CreateRoute53();
        var certificates = session.CreateCertificateManager();
        foreach (var zone in options.Zones)
        {
            var name = zone.TrimEnd('.');
            await dns.CreateHostedZoneAsync(new CreateHostedZoneRequest($"{name}.", $"local-cloud-{name}"), ct);
            using var certificate = authority.Issue($"*.{name}", name);
            await certificates.ImportCertificateAsync(new ImportCertificateRequest
            {
                Certificate = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
                PrivateKey = Encoding.ASCII.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                CertificateChain = Encoding.ASCII.GetBytes(authority.Pem),
            }, ct);
        }

        using var s3 = session.CreateS3();
        foreach (var bucket in options.Buckets)
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
