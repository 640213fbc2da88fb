using System.Collections.Concurrent;
using Amazon.Runtime;

namespace Mayfly.LocalCloud.Aws;

/// <summary>An identity of the account and the secret that proves it.</summary>
/// <param name="Arn">Its ARN; for a session of a role <c>arn:aws:sts::…:assumed-role/NAME/SESSION</c>.</param>
/// <param name="UserId">Its unique id.</param>
/// <param name="Credentials">Its keys.</param>
/// <param name="Session">From when to when they count; null: always.</param>
public sealed record Principal(string Arn, string UserId, ImmutableCredentials Credentials, (DateTimeOffset Start, DateTimeOffset End)? Session = null)
{
    /// <summary>Whether its keys have ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="life">How long sessions live at present, whatever this one was promised; null: as long as that.</param>
    public bool HasEnded(DateTimeOffset now, TimeSpan? life) => Session is var (start, end) && (now > end || now > start + life);

    /// <summary>The ARN that IAM knows it under: a session's role.</summary>
    public string IamArn => Arn.Split(':') is [_, var partition, "sts", _, var account, var name] && name.Split('/') is ["assumed-role", var role, _]
        ? $"arn:{partition}:iam::{account}:role/{role}"
        : Arn;
}

/// <summary>
/// The identities of the account by access key: those that it started with, and those that it saw being issued. moto believes any
/// key; a cluster's authenticator must not.
/// </summary>
public sealed class Principals
{
    private readonly ConcurrentDictionary<string, Principal> _byKey = new(StringComparer.Ordinal);

    /// <summary>Adds one.</summary>
    public Principals Add(Principal principal)
    {
        _byKey[principal.Credentials.AccessKey] = principal;
        return this;
    }

    /// <summary>Finds one; null: nobody knows this key.</summary>
    public Principal? Find(string accessKey) => _byKey.GetValueOrDefault(accessKey);
}
