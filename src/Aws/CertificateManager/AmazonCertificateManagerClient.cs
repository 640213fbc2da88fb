using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.CertificateManager;

/// <summary>Certificate Manager, named and shaped as the SDK's client.</summary>
public sealed class AmazonCertificateManagerClient(AwsSession session)
{
    private readonly AwsJsonClient _client = new(session, AwsService.Acm, "CertificateManager");

    public Task<RequestCertificateResponse> RequestCertificateAsync(RequestCertificateRequest request, CancellationToken ct = default) =>
        _client.CallAsync("RequestCertificate", request, AcmJson.Default.RequestCertificateRequest, AcmJson.Default.RequestCertificateResponse, ct);

    public Task<DescribeCertificateResponse> DescribeCertificateAsync(DescribeCertificateRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DescribeCertificate", request, AcmJson.Default.DescribeCertificateRequest, AcmJson.Default.DescribeCertificateResponse, ct);

    public Task<ListCertificatesResponse> ListCertificatesAsync(ListCertificatesRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ListCertificates", request, AcmJson.Default.ListCertificatesRequest, AcmJson.Default.ListCertificatesResponse, ct);

    public Task<ImportCertificateResponse> ImportCertificateAsync(ImportCertificateRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ImportCertificate", request, AcmJson.Default.ImportCertificateRequest, AcmJson.Default.ImportCertificateResponse, ct);

    public Task<DeleteCertificateResponse> DeleteCertificateAsync(DeleteCertificateRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteCertificate", request, AcmJson.Default.DeleteCertificateRequest, AcmJson.Default.DeleteCertificateResponse, ct);
}
