using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mayfly.LocalCloud;

/// <summary>A certificate authority of the local cloud: one for the public side, one for each cluster.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _clock;

    private CertificateAuthority(X509Certificate2 root, TimeProvider clock)
    {
        _root = root;
        _clock = clock;
    }

    /// <summary>The authority's certificate, PEM, for clients that shall trust it.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>A new authority, valid for ten years.</summary>
    public static CertificateAuthority Create(string name, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = clock.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now.AddHours(-1), now.AddYears(10)), clock);
    }

    /// <summary>
    /// The authority that a file keeps, so that whoever trusts it goes on doing so; a new one where there is no such file. Only its
    /// owner may read the file: whoever has it can pose as any host.
    /// </summary>
    public static CertificateAuthority LoadOrCreate(string path, string name, TimeProvider clock)
    {
        if (File.Exists(path))
        {
            var kept = X509CertificateLoader.LoadPkcs12FromFile(path, null, X509KeyStorageFlags.Exportable);
            if (kept.NotAfter.ToUniversalTime() > clock.GetUtcNow().AddYears(2))
            {
                return new CertificateAuthority(kept, clock);
            }

            kept.Dispose();
        }

        var made = Create(name, clock);
        using var file = UnixFile.Create(path, isPrivate: true);
        file.Write(made._root.Export(X509ContentType.Pkcs12));
        return made;
    }

    /// <summary>A server certificate for names and addresses, signed by this authority, with its private key.</summary>
    /// <param name="hosts">DNS names (a wildcard is allowed) or IP addresses; the first becomes the common name.</param>
    public X509Certificate2 Issue(params string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        var now = _clock.GetUtcNow();
        using var signed = request.Create(_root, now.AddHours(-1), now.AddYears(2), RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);

        // Through PKCS#12, because a key that lives only in memory cannot be used by every TLS stack.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <inheritdoc />
    public void Dispose() => _root.Dispose();
}
