using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>
/// How a plugin and the program that started it find each other: a cookie in the environment says that it is meant,
/// one line on standard output says where the plugin listens and by which certificate it is known.
/// </summary>
internal sealed class Handshake
{
    private const string CookieName = "TF_PLUGIN_MAGIC_COOKIE";
    private const string CookieValue = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
    private const int CoreVersion = 1;
    private const int ProtocolVersion = 6;

    private readonly X509Certificate2? client;
    private readonly X509Certificate2? server;

    private Handshake(X509Certificate2? client)
    {
        this.client = client;
        server = client is null ? null : SelfSigned();
    }

    // What someone is told who runs the plugin by hand.
    private const string NotMeantToBeRun =
        """
        This binary is a plugin. These are not meant to be executed directly.
        Please execute the program that consumes these plugins, which will
        load any plugins automatically
        """;

    /// <summary>Reads the environment; null, with the reason, when no Terraform that this provider can serve started the process.</summary>
    public static Handshake? FromEnvironment(out string refusal)
    {
        refusal = NotMeantToBeRun;
        if (Environment.GetEnvironmentVariable(CookieName) != CookieValue)
        {
            return null;
        }

        var versions = Environment.GetEnvironmentVariable("PLUGIN_PROTOCOL_VERSIONS");
        if (!string.IsNullOrEmpty(versions) && !versions.Split(',').Contains($"{ProtocolVersion}"))
        {
            refusal = $"The provider speaks version {ProtocolVersion} of Terraform's plugin protocol, and this Terraform only {versions}.";
            return null;
        }

        var pem = Environment.GetEnvironmentVariable("PLUGIN_CLIENT_CERT");
        return new Handshake(string.IsNullOrEmpty(pem) ? null : X509Certificate2.CreateFromPem(pem));
    }

    /// <summary>TLS as both sides agreed, or null where Terraform asked for none.</summary>
    public SslServerAuthenticationOptions? Tls() => server is null ? null : new()
    {
        ServerCertificate = server,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateRequired = true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(client!.RawData),
    };

    /// <summary>The line that says where to connect.</summary>
    public string Line(string socket)
    {
        var certificate = server is null ? "" : Convert.ToBase64String(server.RawData).TrimEnd('=');
        return $"{CoreVersion}|{ProtocolVersion}|unix|{socket}|grpc|{certificate}";
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(30));
    }
}
