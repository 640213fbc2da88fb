using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Iam;

/// <summary>aws_iam_policy.</summary>
internal sealed class Policy(AwsCloud cloud) : IamResource(cloud)
{
    // IAM keeps this many versions of a policy.
    private const int MaxVersions = 5;

    public override string Type => "aws_iam_policy";

    public override IReadOnlyList<string> ForceNew => ["description", "name", "name_prefix", "path"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["path"] = "/" };

    protected override string Noun => "IAM Policy";

    protected override (string Kind, string Member, string Attribute)? Tagging => ("Policy", "PolicyArn", "id");

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "path", "description", "policy"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        change.State["name"] = Ids.Name(change.State);
        var input = change.State.Give(Mapping.Pascal, "name=PolicyName", "path", "description", "policy=PolicyDocument");
        input["Tags"] = TagsIn(change);
        change.State["id"] = (await CallAsync("CreatePolicy", input, ct)).Must("Policy.Arn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        var policy = (await CallAsync("GetPolicy", new() { ["PolicyArn"] = arn }, ct)).At("Policy");
        state.Take(policy, "arn", "name=PolicyName", "path", "policy_id", "attachment_count");
        state["description"] = policy.Text("Description");
        var version = await CallAsync("GetPolicyVersion", new() { ["PolicyArn"] = arn, ["VersionId"] = policy.Must("DefaultVersionId") }, ct);
        state["policy"] = Document(version.Text("PolicyVersion.Document"));
        TakeTags(state, policy);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (!change.Changed("policy"))
        {
            return;
        }

        var versions = await ListAsync("ListPolicyVersions", "Versions", new() { ["PolicyArn"] = change.Id }, ct);
        if (versions.Count >= MaxVersions)
        {
            var oldest = versions.Where(version => !version.Flag("IsDefaultVersion")).MinBy(version => version.Text("CreateDate"), StringComparer.Ordinal);
            await CallAsync("DeletePolicyVersion", new() { ["PolicyArn"] = change.Id, ["VersionId"] = oldest.Must("VersionId") }, ct);
        }

        await CallAsync("CreatePolicyVersion",
            new() { ["PolicyArn"] = change.Id, ["PolicyDocument"] = change.State.Required("policy"), ["SetAsDefault"] = true }, ct);
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        foreach (var version in await ListAsync("ListPolicyVersions", "Versions", new() { ["PolicyArn"] = change.Id }, ct))
        {
            if (!version.Flag("IsDefaultVersion"))
            {
                await CallAsync("DeletePolicyVersion", new() { ["PolicyArn"] = change.Id, ["VersionId"] = version.Must("VersionId") }, ct);
            }
        }

        await CallAsync("DeletePolicy", new() { ["PolicyArn"] = change.Id }, ct);
    }
}

/// <summary>aws_iam_role_policy: a policy inside a role.</summary>
internal sealed class RolePolicy(AwsCloud cloud) : IamResource(cloud)
{
    public override string Type => "aws_iam_role_policy";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix", "role"];

    protected override string Noun => "IAM Role Policy";

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "role", "policy"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var name = Ids.Name(change.State);
        change.State["name"] = name;
        await PutAsync(change, ct);
        change.State["id"] = $"{change.State.Required("role")}:{name}";
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var (role, name) = Parts(state.Required("id"));
        var answer = await CallAsync("GetRolePolicy", new() { ["RoleName"] = role, ["PolicyName"] = name }, ct);
        (state["role"], state["name"], state["policy"]) = (role, name, Document(answer.Text("PolicyDocument")));
        return true;
    }

    protected override Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) => PutAsync(change, ct);

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (role, name) = Parts(change.Id);
        return CallAsync("DeleteRolePolicy", new() { ["RoleName"] = role, ["PolicyName"] = name }, ct);
    }

    private static (string Role, string Name) Parts(string id) => id.Split(':', 2) is [{ Length: > 0 } role, { Length: > 0 } name]
        ? (role, name)
        : throw new ProviderException($"IAM Role Policy ID must be of the form <role name>:<policy name>, got {id}");

    private Task PutAsync(ResourceChange change, CancellationToken ct) => CallAsync("PutRolePolicy", new()
    {
        ["RoleName"] = change.State.Required("role"),
        ["PolicyName"] = change.State.Required("name"),
        ["PolicyDocument"] = change.State.Required("policy"),
    }, ct);
}

/// <summary>aws_iam_role_policy_attachment.</summary>
internal sealed class RolePolicyAttachment(AwsCloud cloud) : IamResource(cloud)
{
    public override string Type => "aws_iam_role_policy_attachment";

    public override IReadOnlyList<string> ForceNew => ["policy_arn", "role"];

    protected override string Noun => "IAM Role Policy Attachment";

    protected override IReadOnlyList<string> Honoured => ForceNew;

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await SendAsync("AttachRolePolicy", "attaching IAM Policy ({0}) to IAM Role ({1})", change.State, ct);
        change.State["id"] = $"{change.State.Required("role")}/{change.State.Required("policy_arn")}";
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var attached = await ListAsync("ListAttachedRolePolicies", "AttachedPolicies", new() { ["RoleName"] = state.Required("role") }, ct);
        return attached.Any(policy => policy.Text("PolicyArn") == state.String("policy_arn"));
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        SendAsync("DetachRolePolicy", "detaching IAM Policy ({0}) from IAM Role ({1})", change.State, ct);

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct) => id.Split('/', 2) is [{ Length: > 0 } role, { Length: > 0 } arn]
        ? Task.FromResult(new TfObject { ["id"] = id, ["role"] = role, ["policy_arn"] = arn })
        : throw new ProviderException($"unexpected format of ID (\"{id}\"), expected <role-name>/<policy_arn>");

    private async Task SendAsync(string operation, string doing, TfObject state, CancellationToken ct)
    {
        var (role, arn) = (state.Required("role"), state.Required("policy_arn"));
        try
        {
            await CallAsync(operation, new() { ["RoleName"] = role, ["PolicyArn"] = arn }, ct);
        }
        catch (Mayfly.Aws.AwsException error) when (operation == "AttachRolePolicy" || !error.IsGone())
        {
            throw AwsErrors.While(string.Format(System.Globalization.CultureInfo.InvariantCulture, doing, arn, role), error);
        }
    }
}
