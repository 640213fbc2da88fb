using Mayfly.Aws;
using Mayfly.Aws.SecretsManager;
using Mayfly.Aws.SecretsManager.Model;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// A secret that is scheduled for deletion keeps its name and takes no writes. moto says "already exists" for the first, which sends
/// people the wrong way, and allows the second.
/// </summary>
public sealed class SecretDeletion(AwsSession moto) : IMend
{
    private readonly AmazonSecretsManagerClient _secrets = moto.CreateSecretsManager();

    /// <inheritdoc />
    public bool Concerns(AwsCall call) =>
        call.Service == "secretsmanager" && call.Action is "CreateSecret" or "PutSecretValue" or "UpdateSecret";

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var body = call.Json();
        var id = (string?)(call.Action == "CreateSecret" ? body["Name"] : body["SecretId"]) ?? "";
        var secret = await AwsObservation.LookAsync(() => _secrets.DescribeSecretAsync(new DescribeSecretRequest(id), ct));
        if (secret is not AwsObservation<DescribeSecretResponse>.Present { Value.DeletedDate: not null })
        {
            return await next(call);
        }

        return AwsErrorReply.Make(call, 400, "InvalidRequestException", call.Action == "CreateSecret"
            ? "You can't create this secret because a secret with this name is already scheduled for deletion."
            : "You can't perform this operation on the secret because it was marked for deletion.");
    }
}
