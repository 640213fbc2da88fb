using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager;
using Mayfly.Aws.CertificateManager.Model;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Finds in AWS what an Ingress does not name: subnets by their tags, certificates by the names they are for.</summary>
internal sealed class Discovery(AwsSession session, string cluster, string vpc)
{
    private const int MinimumOfSubnets = 2;
    private readonly AmazonCertificateManagerClient _acm = new(session);

    /// <summary>The VPC that load balancers stand in.</summary>
    public string Vpc => vpc;

    /// <summary>A subnet in each zone, for a scheme.</summary>
    public async Task<IReadOnlyList<string>> SubnetsAsync(string scheme, CancellationToken ct)
    {
        var role = scheme == "internal" ? "kubernetes.io/role/internal-elb" : "kubernetes.io/role/elb";
        using var ec2 = session.CreateEc2();
        var answer = await ec2.DescribeSubnetsAsync(
            new DescribeSubnetsRequest { Filters = [new Filter("vpc-id", [vpc]), new Filter("tag-key", [role])] }, ct);
        var fitting = (answer.Subnets ?? [])
            .Where(subnet => subnet.Tags.Exists(tag => tag.Key == role && tag.Value is "1" or ""))
            .Where(IsNotAnotherClusters)
            .GroupBy(subnet => subnet.AvailabilityZone)
            .Select(zone => zone.OrderBy(subnet => subnet.SubnetId, StringComparer.Ordinal).First().SubnetId)
            .ToList();
        if (fitting.Count == 0)
        {
            throw new BuildException($"couldn't auto-discover subnets: unable to resolve at least one subnet (0 match VPC and tags: [{role}])");
        }

        return fitting.Count >= MinimumOfSubnets
            ? fitting
            : throw new BuildException(
                $"couldn't auto-discover subnets: subnets count less than minimal required count: {fitting.Count} < {MinimumOfSubnets}");
    }

    /// <summary>The certificates for hosts: all that are needed to show a valid one for each.</summary>
    public async Task<IReadOnlyList<string>> CertificatesAsync(IReadOnlyCollection<string> hosts, CancellationToken ct)
    {
        var known = new List<(string Arn, IReadOnlyList<string> Names)>();
        var request = new ListCertificatesRequest { CertificateStatuses = ["ISSUED"] };
        while (true)
        {
            var page = await _acm.ListCertificatesAsync(request, ct);
            foreach (var arn in page.CertificateSummaryList.Select(summary => summary.CertificateArn).OfType<string>())
            {
                var detail = (await _acm.DescribeCertificateAsync(new DescribeCertificateRequest(arn), ct)).Certificate;
                known.Add((arn, [.. new[] { detail.DomainName }.Concat(detail.SubjectAlternativeNames ?? []).OfType<string>()]));
            }

            if (string.IsNullOrEmpty(page.NextToken))
            {
                break;
            }

            request = request with { NextToken = page.NextToken };
        }

        var chosen = new List<string>();
        foreach (var host in hosts.Order(StringComparer.Ordinal))
        {
            var exact = known.Where(certificate => certificate.Names.Contains(host, StringComparer.OrdinalIgnoreCase)).ToList();
            var fitting = exact.Count > 0 ? exact : [.. known.Where(certificate => certificate.Names.Any(name => IsWildcardFor(name, host)))];
            if (fitting.Count == 0)
            {
                throw new BuildException($"no certificate found for host: {host}");
            }

            chosen.AddRange(fitting.Select(certificate => certificate.Arn));
        }

        return [.. chosen.Distinct()];
    }

    private bool IsNotAnotherClusters(Subnet subnet)
    {
        var clusters = subnet.Tags.Where(tag => tag.Key.StartsWith("kubernetes.io/cluster/", StringComparison.Ordinal)).ToList();
        return clusters.Count == 0 || clusters.Exists(tag => tag.Key == $"kubernetes.io/cluster/{cluster}");
    }

    private static bool IsWildcardFor(string name, string host) =>
        name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.') is > 0 and var dot
        && host.AsSpan(dot).Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase);
}
