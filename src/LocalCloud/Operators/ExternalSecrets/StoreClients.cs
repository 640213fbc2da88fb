using System.Text;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>Opens stores: finds out whom to be in AWS, and is that.</summary>
internal sealed class StoreClients(ClusterApi api, CloudContext cloud, string controllerClass)
{
    private const string RoleAnnotation = "eks.amazonaws.com/role-arn";
    private const string Audience = "sts.amazonaws.com";

    /// <summary>Opens the store that a wish in a namespace names.</summary>
    /// <exception cref="StoreException">There is no such store, or it may not or cannot be used.</exception>
    public async Task<StoreClient> OpenAsync(StoreReference? reference, string @namespace, CancellationToken ct)
    {
        if (reference?.Name is not { Length: > 0 } name)
        {
            throw new StoreException("SecretStore reference is empty");
        }

        if (reference.Kind == "ClusterSecretStore")
        {
            var store = await api.FindAsync<ClusterSecretStore>(null, name, ct) ?? throw new StoreException(
                $"could not get ClusterSecretStore \"{name}\", clustersecretstores.external-secrets.io \"{name}\" not found");
            if (!await IsAllowedAsync(store, @namespace, ct))
            {
                throw new StoreException($"using cluster store \"{name}\" is not allowed from namespace \"{@namespace}\": denied by spec.condition");
            }

            return await OpenReadyAsync(store, "ClusterSecretStore", @namespace, ct);
        }

        var own = await api.FindAsync<SecretStore>(@namespace, name, ct) ?? throw new StoreException(
            $"could not get SecretStore \"{name}\", secretstores.external-secrets.io \"{name}\" not found");
        return await OpenReadyAsync(own, "SecretStore", @namespace, ct);
    }

    /// <summary>Whether this controller is the one for a store.</summary>
    public bool IsOurs(ISecretStore store) => string.IsNullOrEmpty(store.Spec?.Controller) || store.Spec.Controller == controllerClass;

    /// <summary>Opens a store, ready or not: it becomes ready by being opened.</summary>
    /// <param name="store">The store.</param>
    /// <param name="namespace">Where a store of the cluster is used, empty when it is only looked at.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<StoreClient> OpenAsync(ISecretStore store, string @namespace, CancellationToken ct)
    {
        if (store.Spec?.Provider?.Aws is not { } aws)
        {
            throw new StoreException("failed to get store provider: the local cloud plays only the provider aws");
        }

        if (aws.Service != "SecretsManager")
        {
            throw new StoreException($"unknown AWS Provider Service: {aws.Service}");
        }

        var session = Session(aws, await CredentialsAsync(store, aws, @namespace, ct));
        return new StoreClient(session, aws.Prefix);
    }

    /// <summary>Whether a store's credentials are of use: STS is asked who they are.</summary>
    public async Task ValidateAsync(ISecretStore store, CancellationToken ct)
    {
        var aws = store.Spec!.Provider!.Aws!;
        var session = Session(aws, await CredentialsAsync(store, aws, store.Metadata.NamespaceProperty ?? "", ct));
        using var sts = session.CreateSts();
        await CallAsync("STS: GetCallerIdentity", () => sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), ct));
    }

    private async Task<StoreClient> OpenReadyAsync(ISecretStore store, string kind, string @namespace, CancellationToken ct)
    {
        if (store.Status?.Conditions.Find(condition => condition.Type == "Ready") is not { Status: "True" })
        {
            throw new StoreException($"{kind} \"{store.Metadata.Name}\" is not ready");
        }

        return await OpenAsync(store, @namespace, ct);
    }

    private async Task<AWSCredentials> CredentialsAsync(ISecretStore store, AwsProvider aws, string @namespace, CancellationToken ct)
    {
        AWSCredentials credentials = new BasicAWSCredentials(CloudContext.AccessKey, CloudContext.SecretKey);
        if (aws.Auth?.Jwt?.ServiceAccountRef is { Name: { } account } reference)
        {
            credentials = await WebIdentityAsync(aws, account, NamespaceOf(store, reference.Namespace, @namespace), ct);
        }
        else if (aws.Auth?.SecretRef is { } keys)
        {
            var id = await KeyAsync(store, keys.AccessKeyIDSecretRef, "accessKeyID", @namespace, ct);
            credentials = new BasicAWSCredentials(id, await KeyAsync(store, keys.SecretAccessKeySecretRef, "secretAccessKey", @namespace, ct));
        }

        if (aws.Role is not { Length: > 0 } role)
        {
            return credentials;
        }

        using var sts = Session(aws, credentials).CreateSts();
        var taken = await CallAsync("STS: AssumeRole", () => sts.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = role, RoleSessionName = "external-secrets" }, ct));
        return taken.Credentials;
    }

    private async Task<AWSCredentials> WebIdentityAsync(AwsProvider aws, string name, string @namespace, CancellationToken ct)
    {
        var account = await api.FindAsync<V1ServiceAccount>(@namespace, name, ct)
            ?? throw new StoreException($"ServiceAccount \"{name}\" not found");
        if (account.Metadata.Annotations is null || !account.Metadata.Annotations.TryGetValue(RoleAnnotation, out var role) || role.Length == 0)
        {
            throw new StoreException($"an IAM role must be associated with service account {name} (namespace: {@namespace})");
        }

        var token = await api.SendAsync<Authenticationv1TokenRequest>(
            HttpMethod.Post,
            ResourcePath.Of<V1ServiceAccount>().Path(@namespace, name, "token"),
            new Authenticationv1TokenRequest
            {
                ApiVersion = "authentication.k8s.io/v1",
                Kind = "TokenRequest",
                Spec = new V1TokenRequestSpec { Audiences = [Audience], ExpirationSeconds = 3600 },
            },
            "application/json",
            ct);
        using var sts = Session(aws, new AnonymousAWSCredentials()).CreateSts();
        var taken = await CallAsync("STS: AssumeRoleWithWebIdentity", () => sts.AssumeRoleWithWebIdentityAsync(
            new AssumeRoleWithWebIdentityRequest { RoleArn = role, RoleSessionName = "external-secrets-provider-aws", WebIdentityToken = token.Status.Token }, ct));
        return taken.Credentials;
    }

    private async Task<string> KeyAsync(ISecretStore store, SecretKeyReference? reference, string what, string @namespace, CancellationToken ct)
    {
        if (reference is not { Name: { } name, Key: { } key })
        {
            throw new StoreException($"missing {what}");
        }

        var secret = await api.FindAsync<V1Secret>(NamespaceOf(store, reference.Namespace, @namespace), name, ct)
            ?? throw new StoreException($"could not fetch {what} secret: secrets \"{name}\" not found");
        return secret.Data is not null && secret.Data.TryGetValue(key, out var value)
            ? Encoding.UTF8.GetString(value)
            : throw new StoreException($"could not fetch {what} secret: cannot find secret data for key: \"{key}\"");
    }

    private static string NamespaceOf(ISecretStore store, string? named, string used) =>
        store is ClusterSecretStore ? named ?? used : store.Metadata.NamespaceProperty;

    private async Task<bool> IsAllowedAsync(ClusterSecretStore store, string @namespace, CancellationToken ct)
    {
        if (store.Spec?.Conditions is not { Count: > 0 } conditions)
        {
            return true;
        }

        var labels = (await api.FindAsync<V1Namespace>(null, @namespace, ct))?.Metadata.Labels;
        return conditions.Exists(condition =>
            (condition.Namespaces?.Contains(@namespace) ?? false)
            || (condition.NamespaceRegexes?.Exists(pattern => Regex.IsMatch(@namespace, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))) ?? false)
            || Facts.Matches(condition.NamespaceSelector, labels));
    }

    private AwsSession Session(AwsProvider aws, AWSCredentials credentials) => new(new AwsSessionOptions
    {
        Endpoint = cloud.AwsEndpoint,
        Region = aws.Region,
        Credentials = credentials,
        MaxAttempts = 3,
        Application = "external-secrets",
        Clock = cloud.Clock,
    });

    private static async Task<T> CallAsync<T>(string operation, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (AwsException.From(exception) is { } refusal)
        {
            throw StoreException.Of(refusal, operation);
        }
    }
}
