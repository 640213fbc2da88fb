using Mayfly.Aws;
using Mayfly.Aws.IdentityManagement.Model;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>A policy that is attached cannot be deleted. moto detaches it from everybody in silence.</summary>
public sealed class PolicyDeletion(AwsSession moto) : IMend
{
    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "iam", Action: "DeletePolicy" };

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var arn = call.Parameter("PolicyArn") ?? "";
        var policy = await AwsObservation.LookAsync(() => moto.CreateIam().GetPolicyAsync(new GetPolicyRequest(arn), ct));
        return policy is AwsObservation<GetPolicyResponse>.Present { Value.Policy.AttachmentCount: > 0 }
            ? AwsErrorReply.Make(call, 409, "DeleteConflict", "Cannot delete a policy attached to entities.")
            : await next(call);
    }
}
