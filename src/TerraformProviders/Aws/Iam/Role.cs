using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Iam;

/// <summary>aws_iam_role, with its older ways to hold policies (<c>managed_policy_arns</c>, <c>inline_policy</c>).</summary>
internal sealed class Role(AwsCloud cloud) : IamResource(cloud)
{
    public override string Type => "aws_iam_role";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix", "path"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["path"] = "/",
        ["max_session_duration"] = 3600,
        ["force_detach_policies"] = false,
    };

    protected override string Noun => "IAM Role";

    protected override (string Kind, string Member, string Attribute)? Tagging => ("Role", "RoleName", "id");

    protected override IReadOnlyList<string> JsonDocuments => ["assume_role_policy"];

    protected override IReadOnlyList<string> Kept => ["inline_policy"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "name_prefix", "path", "assume_role_policy", "description", "max_session_duration", "permissions_boundary", "force_detach_policies",
        "managed_policy_arns", "inline_policy",
    ];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var name = Ids.Name(change.State);
        change.State["name"] = name;
        var input = change.State.Give(Mapping.Pascal, "assume_role_policy=AssumeRolePolicyDocument", "path", "description", "max_session_duration", "permissions_boundary");
        (input["RoleName"], input["Tags"]) = (name, TagsIn(change));
        await CallAsync("CreateRole", input, ct);
        change.State["id"] = name;
        await PoliciesAsync(name, [], change.Config.Strings("managed_policy_arns"), [], Inline(change.Config), ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        var attached = ListAsync("ListAttachedRolePolicies", "AttachedPolicies", new() { ["RoleName"] = id }, ct);
        var inline = ListAsync("ListRolePolicies", "PolicyNames", new() { ["RoleName"] = id }, ct);
        var role = (await CallAsync("GetRole", new() { ["RoleName"] = id }, ct)).At("Role");
        state.Take(role, "arn", "path", "description", "max_session_duration", "name=RoleName", "unique_id=RoleId",
            "permissions_boundary=PermissionsBoundary.PermissionsBoundaryArn");
        state["create_date"] = role.Instant("CreateDate");
        state["description"] = role.Text("Description");
        state["permissions_boundary"] = role.Text("PermissionsBoundary.PermissionsBoundaryArn");
        state["assume_role_policy"] = Document(role.Text("AssumeRolePolicyDocument"));
        TakeTags(state, role);
        state["managed_policy_arns"] = TfValue.Strings((await attached).Select(policy => policy.Must("PolicyArn")));
        var before = Inline(state);
        var names = (await inline).Select(name => name.ToString()).ToList();
        var documents = await Task.WhenAll(names.Select(name => CallAsync("GetRolePolicy", new() { ["RoleName"] = id, ["PolicyName"] = name }, ct)));
        state["inline_policy"] = TfValue.Blocks(names.Zip(documents, (name, answer) =>
        {
            var document = Document(answer.Text("PolicyDocument")) ?? "";
            return new TfObject { ["name"] = name, ["policy"] = before.TryGetValue(name, out var own) && JsonDocument.AreSame(own, document) ? own : document };
        }));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, prior) = (change.State, change.Prior!);
        if (change.Changed("assume_role_policy"))
        {
            await CallAsync("UpdateAssumeRolePolicy", new() { ["RoleName"] = change.Id, ["PolicyDocument"] = state.Required("assume_role_policy") }, ct);
        }

        if (change.Changed("description") || change.Changed("max_session_duration"))
        {
            await CallAsync("UpdateRole", new()
            {
                ["RoleName"] = change.Id,
                ["Description"] = state.String("description") ?? "",
                ["MaxSessionDuration"] = state.Int("max_session_duration"),
            }, ct);
        }

        if (change.Changed("permissions_boundary"))
        {
            await (state.String("permissions_boundary") is { Length: > 0 } boundary
                ? CallAsync("PutRolePermissionsBoundary", new() { ["RoleName"] = change.Id, ["PermissionsBoundary"] = boundary }, ct)
                : CallAsync("DeleteRolePermissionsBoundary", new() { ["RoleName"] = change.Id }, ct));
        }

        await PoliciesAsync(change.Id,
            change.Config["managed_policy_arns"].IsNull ? [] : prior.Strings("managed_policy_arns"), change.Config.Strings("managed_policy_arns"),
            change.Config.Blocks("inline_policy").Count == 0 ? [] : Inline(prior), Inline(change.Config), ct);
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var role = new JsonObject { ["RoleName"] = change.Id };
        foreach (var profile in await ListAsync("ListInstanceProfilesForRole", "InstanceProfiles", role, ct))
        {
            await CallAsync("RemoveRoleFromInstanceProfile", new() { ["InstanceProfileName"] = profile.Must("InstanceProfileName"), ["RoleName"] = change.Id }, ct);
        }

        if (change.State.Bool("force_detach_policies") == true || change.State.Elements("managed_policy_arns").Count > 0)
        {
            foreach (var policy in await ListAsync("ListAttachedRolePolicies", "AttachedPolicies", role, ct))
            {
                await IgnoreGoneAsync(() => CallAsync("DetachRolePolicy", new() { ["RoleName"] = change.Id, ["PolicyArn"] = policy.Must("PolicyArn") }, ct));
            }
        }

        if (change.State.Bool("force_detach_policies") == true || change.State.Elements("inline_policy").Count > 0)
        {
            foreach (var policy in await ListAsync("ListRolePolicies", "PolicyNames", role, ct))
            {
                await IgnoreGoneAsync(() => CallAsync("DeleteRolePolicy", new() { ["RoleName"] = change.Id, ["PolicyName"] = policy.ToString() }, ct));
            }
        }

        await CallAsync("DeleteRole", (JsonObject)role.DeepClone(), ct);
    }

    private static Dictionary<string, string> Inline(TfObject values) => values.Blocks("inline_policy")
        .Where(policy => policy.String("name") is not null).ToDictionary(policy => policy.Required("name"), policy => policy.String("policy") ?? "");

    private static async Task IgnoreGoneAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (AwsException error) when (error.IsGone())
        {
        }
    }

    private async Task PoliciesAsync(
        string role, IReadOnlyList<string> attached, IReadOnlyList<string> attach, Dictionary<string, string> inline, Dictionary<string, string> put, CancellationToken ct)
    {
        foreach (var (operation, arns) in new[] { ("DetachRolePolicy", attached.Except(attach)), ("AttachRolePolicy", attach.Except(attached)) })
        {
            foreach (var arn in arns)
            {
                await CallAsync(operation, new() { ["RoleName"] = role, ["PolicyArn"] = arn }, ct);
            }
        }

        foreach (var name in inline.Keys.Except(put.Keys))
        {
            await CallAsync("DeleteRolePolicy", new() { ["RoleName"] = role, ["PolicyName"] = name }, ct);
        }

        foreach (var (name, document) in put.Where(policy => !inline.TryGetValue(policy.Key, out var before) || before != policy.Value))
        {
            await CallAsync("PutRolePolicy", new() { ["RoleName"] = role, ["PolicyName"] = name, ["PolicyDocument"] = document }, ct);
        }
    }
}
