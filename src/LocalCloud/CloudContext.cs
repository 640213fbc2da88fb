namespace Mayfly.LocalCloud;

/// <summary>What every part of the local cloud has to know of it.</summary>
/// <param name="AwsEndpoint">The endpoint of all AWS services: the proxy before moto.</param>
/// <param name="Region">The region it plays.</param>
/// <param name="Account">The account's 12 digits.</param>
/// <param name="Authority">Signs what the public side shows.</param>
/// <param name="Clock">The clock of everything in the cloud.</param>
public sealed record CloudContext(Uri AwsEndpoint, string Region, string Account, CertificateAuthority Authority, TimeProvider Clock)
{
    /// <summary>Credentials that the local cloud's own controllers use towards AWS; moto accepts any.</summary>
    public const string AccessKey = "AKIALOCALCLOUD000000";

    /// <inheritdoc cref="AccessKey"/>
    public const string SecretKey = "local-cloud-secret-key";
}
