using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.Engine.Adoption;

namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>What somebody does to one environment by hand: with the AWS API, kubectl, helm, and the state's bucket.</summary>
/// <param name="cloud">The local cloud.</param>
/// <param name="environment">The environment's id.</param>
public sealed class Hands(MatrixCloud cloud, string environment)
{
    private const string Bucket = "jetscale-mayfly-state";

    private readonly AwsSession _session = cloud.Session;

    /// <summary>The account, as its administrator.</summary>
    public AwsSession Session => _session;

    /// <summary>The environment's id.</summary>
    public string Environment => environment;

    /// <summary>Key of the environment's Terraform state.</summary>
    public string StateKey => $"mayfly/jetscale/{environment}/infra.tfstate";

    /// <summary>The tags that make a thing this environment's.</summary>
    public IReadOnlyDictionary<string, string> OwnTags { get; } = new Dictionary<string, string>
    {
        ["mayfly:project"] = "jetscale",
        ["mayfly:environment"] = environment,
    };

    /// <summary>Asks a service that takes form parameters.</summary>
    public Task<Reply> AskAsync(CancellationToken ct, string service, string operation, params (string Name, string Value)[] input) =>
        Api.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Name, pair.Value))]), ct);

    /// <summary>Asks a service that takes JSON.</summary>
    public Task<Reply> AskJsonAsync(CancellationToken ct, string service, string operation, JsonObject input) =>
        Api.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]), ct);

    /// <summary>Asks EKS.</summary>
    public Task<JsonObject> EksAsync(CancellationToken ct, HttpMethod method, string path, JsonObject? input = null) =>
        new AwsRestJsonClient(_session, AwsService.Eks).CallAsync("ByHand", method, path, input, ct: ct);

    /// <summary>The values at a path of a reply.</summary>
    public static IReadOnlyList<string> Texts(Reply reply, string path) => [.. reply.Select(path).Select(item => item.Text).OfType<string>()];

    /// <summary>Whether a thing is tagged with an owner still, and named as it was: what a run that must not touch it leaves alone.</summary>
    public async Task<string?> RoleOwnerAsync(string role, CancellationToken ct)
    {
        var tags = (await AskAsync(ct, "iam", "ListRoleTags", ("RoleName", role))).Tags("Tags.member");
        return tags.GetValueOrDefault("mayfly:environment");
    }

    /// <summary>Waits until EKS does not know something any more.</summary>
    public async Task UntilGoneAsync(CancellationToken ct, string path)
    {
        while (true)
        {
            try
            {
                await EksAsync(ct, HttpMethod.Get, path);
            }
            catch (AwsException exception) when (exception.IsNotFound)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    /// <summary>Waits until something of EKS's has a status.</summary>
    public async Task UntilActiveAsync(CancellationToken ct, string path, string kind)
    {
        while ((await EksAsync(ct, HttpMethod.Get, path))[kind]!["status"]!.GetValue<string>() != "ACTIVE")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    /// <summary>Deletes a role, whatever it has.</summary>
    public async Task DeleteRoleAsync(string role, CancellationToken ct)
    {
        foreach (var policy in Texts(await AskAsync(ct, "iam", "ListAttachedRolePolicies", ("RoleName", role)), "AttachedPolicies.member.PolicyArn"))
        {
            await AskAsync(ct, "iam", "DetachRolePolicy", ("RoleName", role), ("PolicyArn", policy));
        }

        foreach (var policy in Texts(await AskAsync(ct, "iam", "ListRolePolicies", ("RoleName", role)), "PolicyNames.member"))
        {
            await AskAsync(ct, "iam", "DeleteRolePolicy", ("RoleName", role), ("PolicyName", policy));
        }

        await AskAsync(ct, "iam", "DeleteRole", ("RoleName", role));
    }

    /// <summary>Deletes the node group and then the cluster, as the console does; load balancers, records and addresses stay.</summary>
    public async Task DeleteClusterAsync(CancellationToken ct)
    {
        await DeleteNodeGroupAsync(ct);
        await EksAsync(ct, HttpMethod.Delete, $"/clusters/{environment}");
        await UntilGoneAsync(ct, $"/clusters/{environment}");
    }

    /// <summary>Deletes the node group.</summary>
    public async Task DeleteNodeGroupAsync(CancellationToken ct)
    {
        await EksAsync(ct, HttpMethod.Delete, $"/clusters/{environment}/node-groups/{environment}-nodes");
        await UntilGoneAsync(ct, $"/clusters/{environment}/node-groups/{environment}-nodes");
    }

    /// <summary>The environment's Terraform state.</summary>
    public async Task<string> ReadStateAsync(CancellationToken ct)
    {
        using var s3 = _session.CreateS3();
        using var state = await s3.GetObjectAsync(Bucket, StateKey, ct);
        using var reader = new StreamReader(state.ResponseStream);
        return await reader.ReadToEndAsync(ct);
    }

    /// <summary>Puts a state in the place of the environment's.</summary>
    public async Task WriteStateAsync(string state, CancellationToken ct)
    {
        using var s3 = _session.CreateS3();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = StateKey, ContentBody = state }, ct);
    }

    /// <summary>Deletes the state.</summary>
    public async Task LoseStateAsync(CancellationToken ct)
    {
        using var s3 = _session.CreateS3();
        await s3.DeleteObjectAsync(Bucket, StateKey, ct);
    }

    /// <summary>Every earlier version of the state that the bucket kept, the newest first.</summary>
    public async Task<IReadOnlyList<string>> StateHistoryAsync(CancellationToken ct)
    {
        using var s3 = _session.CreateS3();
        var versions = await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = Bucket, Prefix = StateKey }, ct);
        var states = new List<string>();
        foreach (var version in versions.Versions.Where(version => version.Key == StateKey && version.IsDeleteMarker != true))
        {
            using var state = await s3.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = StateKey, VersionId = version.VersionId }, ct);
            using var reader = new StreamReader(state.ResponseStream);
            states.Add(await reader.ReadToEndAsync(ct));
        }

        return [.. states.OrderByDescending(SerialOf)];
    }

    /// <summary>kubectl in the environment's cluster.</summary>
    public Task KubectlAsync(CancellationToken ct, params string[] arguments) =>
        RunAsync("kubectl", ["--context", environment, .. arguments], ct);

    /// <summary>helm in the environment's cluster.</summary>
    public Task HelmAsync(CancellationToken ct, params string[] arguments) =>
        RunAsync("helm", ["--kube-context", environment, .. arguments], ct);

    private AwsQuestions Api => new(_session);

    private static long SerialOf(string state)
    {
        using var document = JsonDocument.Parse(state);
        return document.RootElement.GetProperty("serial").GetInt64();
    }

    private async Task RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(cloud.Home, "tools", "helm-4", program), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var variable in cloud.Cloud.GetProperty("environment").EnumerateObject())
        {
            start.Environment[variable.Name] = variable.Value.GetString();
        }

        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        said.Append(await process.StandardError.ReadToEndAsync(ct)).Append(await output);
        await process.WaitForExitAsync(ct);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {said}");
    }
}
