namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>A refusal by EKS, in its own words.</summary>
internal sealed class EksError(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static EksError NotFound(string message) => new(404, "ResourceNotFoundException", message);

    public static EksError InUse(string message) => new(409, "ResourceInUseException", message);

    public static EksError InvalidParameter(string message) => new(400, "InvalidParameterException", message);

    public static EksError InvalidRequest(string message) => new(400, "InvalidRequestException", message);
}
