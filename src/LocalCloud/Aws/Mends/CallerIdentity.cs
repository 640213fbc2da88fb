using System.Globalization;
using System.Security;
using System.Text;
using Amazon.Runtime;
using Mayfly.Aws.Protocols;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// STS tells the account's own principals who they are, where moto has one name for all; and who gets a session is remembered, so that
/// clusters know it again. Where sessions are to be short, the answer says so.
/// </summary>
/// <param name="principals">Who is known.</param>
/// <param name="life">How long a session lives; null: as long as was asked for.</param>
/// <param name="account">The account's 12 digits.</param>
/// <param name="clock">When sessions end.</param>
public sealed class CallerIdentity(Principals principals, Func<TimeSpan?> life, string account, TimeProvider clock) : IMend
{
    /// <inheritdoc />
    public bool Concerns(AwsCall call) =>
        call.Service == "sts" && (call.Action.StartsWith("AssumeRole", StringComparison.Ordinal)
            || (call.Action == "GetCallerIdentity" && principals.Find(call.AccessKey) is not null));

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        if (call.Action == "GetCallerIdentity")
        {
            var caller = principals.Find(call.AccessKey)!;
            return AwsReply.Xml($"""
                <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>{SecurityElement.Escape(caller.Arn)}</Arn><UserId>{caller.UserId}</UserId><Account>{account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{Guid.NewGuid()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>
                """);
        }

        var reply = await next(call);
        if (reply.IsSuccess && AwsXml.Parse(Encoding.UTF8.GetBytes(reply.Text)) is var answer
            && answer.Descendants("Credentials").FirstOrDefault() is { } keys
            && answer.Descendants("AssumedRoleUser").FirstOrDefault() is { } user)
        {
            var told = keys.Text("Expiration")!;
            var now = clock.GetUtcNow();
            var end = DateTimeOffset.Parse(told, CultureInfo.InvariantCulture);
            if (life() is { } limit)
            {
                end = now + limit;
                reply = AwsReply.Xml(reply.Text.Replace($"<Expiration>{told}</Expiration>", $"<Expiration>{end:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}</Expiration>", StringComparison.Ordinal));
            }

            principals.Add(new Principal(user.Text("Arn")!, user.Text("AssumedRoleId") ?? "",
                new ImmutableCredentials(keys.Text("AccessKeyId"), keys.Text("SecretAccessKey"), keys.Text("SessionToken")), (now, end)));
        }

        return reply;
    }
}
