using System.Text.Json;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// Whoever asks for a secret's value without naming a version means the one labelled AWSCURRENT. moto answers with the one that was
/// put last as current, also after the label was moved to another.
/// </summary>
public sealed class SecretCurrentVersion : IMend
{
    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "secretsmanager", Action: "GetSecretValue" };

    /// <inheritdoc />
    public Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var body = call.Json();
        if (body["VersionId"] is not null || body["VersionStage"] is not null)
        {
            return next(call);
        }

        body["VersionStage"] = "AWSCURRENT";
        return next(call with { Body = JsonSerializer.SerializeToUtf8Bytes(body) });
    }
}
