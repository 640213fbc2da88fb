using System.Text.Json.Serialization;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.CertificateManager.Model;

public sealed record Tag(string Key, string? Value);

public sealed record CertificateSummary(string? CertificateArn, string? DomainName);

public sealed record CertificateDetail
{
    public string? CertificateArn { get; init; }
    public string? DomainName { get; init; }
    public List<string>? SubjectAlternativeNames { get; init; }

    /// <summary>PENDING_VALIDATION, ISSUED, INACTIVE, EXPIRED, VALIDATION_TIMED_OUT, REVOKED or FAILED.</summary>
    public string? Status { get; init; }
    public string? Type { get; init; }
    public List<string>? InUseBy { get; init; }
    public DateTime? NotAfter { get; init; }
}

public sealed record RequestCertificateRequest(string DomainName)
{
    public string? ValidationMethod { get; init; }
    public List<string>? SubjectAlternativeNames { get; init; }
    public string? IdempotencyToken { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record RequestCertificateResponse(string? CertificateArn);

public sealed record DescribeCertificateRequest(string CertificateArn);

public sealed record DescribeCertificateResponse(CertificateDetail Certificate);

public sealed record ListCertificatesRequest
{
    public List<string>? CertificateStatuses { get; init; }
    public string? NextToken { get; init; }
    public int? MaxItems { get; init; }
}

public sealed record ListCertificatesResponse(List<CertificateSummary> CertificateSummaryList, string? NextToken);

public sealed record ImportCertificateRequest
{
    public string? CertificateArn { get; init; }

    /// <summary>PEM, as bytes.</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>PEM, as bytes.</summary>
    public required byte[] PrivateKey { get; init; }
    public byte[]? CertificateChain { get; init; }
    public List<Tag>? Tags { get; init; }

    /// <summary>Never the key.</summary>
    public override string ToString() => CertificateArn ?? "a certificate";
}

public sealed record ImportCertificateResponse(string? CertificateArn);

public sealed record DeleteCertificateRequest(string CertificateArn);

public sealed record DeleteCertificateResponse;

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochSecondsConverter)])]
[JsonSerializable(typeof(RequestCertificateRequest))]
[JsonSerializable(typeof(RequestCertificateResponse))]
[JsonSerializable(typeof(DescribeCertificateRequest))]
[JsonSerializable(typeof(DescribeCertificateResponse))]
[JsonSerializable(typeof(ListCertificatesRequest))]
[JsonSerializable(typeof(ListCertificatesResponse))]
[JsonSerializable(typeof(ImportCertificateRequest))]
[JsonSerializable(typeof(ImportCertificateResponse))]
[JsonSerializable(typeof(DeleteCertificateRequest))]
[JsonSerializable(typeof(DeleteCertificateResponse))]
internal sealed partial class AcmJson : JsonSerializerContext;
