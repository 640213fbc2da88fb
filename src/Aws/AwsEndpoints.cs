using Amazon;

namespace Mayfly.Aws;

/// <summary>AWS's rules for where a service is: given, by variable for the service, by variable for all, by partition and region.</summary>
internal static class AwsEndpoints
{
    public static Uri Find(AwsService service, string region, Uri? given) =>
        Configured(service, given) ?? new Uri($"https://{HostOf(service, region)}/");

    public static Uri? Configured(AwsService service, Uri? given)
    {
        if (given is not null)
        {
            return given;
        }

        if (string.Equals(Environment.GetEnvironmentVariable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var configured = Environment.GetEnvironmentVariable($"AWS_ENDPOINT_URL_{service.VariableSuffix}");
        configured = string.IsNullOrEmpty(configured) ? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL") : configured;
        if (string.IsNullOrEmpty(configured))
        {
            return null;
        }

        return Uri.TryCreate(configured, UriKind.Absolute, out var endpoint)
            ? endpoint
            : throw new AwsException(AwsErrorCodes.BadEndpoint, $"The AWS endpoint '{configured}' is not a URL.");
    }

    private static string HostOf(AwsService service, string region)
    {
        var suffix = RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix;
        return service.GlobalRegion is null ? $"{service.EndpointPrefix}.{region}.{suffix}" : $"{service.EndpointPrefix}.{suffix}";
    }
}
