using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Iam;

/// <summary>aws_iam_instance_profile.</summary>
internal sealed class InstanceProfile(AwsCloud cloud) : IamResource(cloud)
{
    public override string Type => "aws_iam_instance_profile";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix", "path"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["path"] = "/" };

    protected override string Noun => "IAM Instance Profile";

    protected override (string Kind, string Member, string Attribute)? Tagging => ("InstanceProfile", "InstanceProfileName", "id");

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "path", "role"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        change.State["name"] = Ids.Name(change.State);
        var input = change.State.Give(Mapping.Pascal, "name=InstanceProfileName", "path");
        input["Tags"] = TagsIn(change);
        await CallAsync("CreateInstanceProfile", input, ct);
        change.State["id"] = change.State["name"];
        await RoleAsync("AddRoleToInstanceProfile", change.Id, change.State.String("role"), ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var profile = (await CallAsync("GetInstanceProfile", new() { ["InstanceProfileName"] = state.Required("id") }, ct)).At("InstanceProfile");
        state.Take(profile, "arn", "path", "name=InstanceProfileName", "unique_id=InstanceProfileId");
        state["create_date"] = profile.Instant("CreateDate");
        state["role"] = profile.Text("Roles.0.RoleName");
        TakeTags(state, profile);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("role"))
        {
            await RoleAsync("RemoveRoleFromInstanceProfile", change.Id, change.Prior?.String("role"), ct);
            await RoleAsync("AddRoleToInstanceProfile", change.Id, change.State.String("role"), ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await RoleAsync("RemoveRoleFromInstanceProfile", change.Id, change.State.String("role"), ct);
        await CallAsync("DeleteInstanceProfile", new() { ["InstanceProfileName"] = change.Id }, ct);
    }

    private async Task RoleAsync(string operation, string profile, string? role, CancellationToken ct)
    {
        if (role is { Length: > 0 })
        {
            await CallAsync(operation, new() { ["InstanceProfileName"] = profile, ["RoleName"] = role }, ct);
        }
    }
}

/// <summary>aws_iam_openid_connect_provider.</summary>
internal sealed class OpenIdConnectProvider(AwsCloud cloud) : IamResource(cloud)
{
    public override string Type => "aws_iam_openid_connect_provider";

    public override IReadOnlyList<string> ForceNew => ["url"];

    protected override string Noun => "IAM OIDC Provider";

    protected override (string Kind, string Member, string Attribute)? Tagging => ("OpenIDConnectProvider", "OpenIDConnectProviderArn", "id");

    protected override IReadOnlyList<string> Honoured => ["url", "client_id_list", "thumbprint_list"];

    // IAM names a provider without the scheme that its URL is configured with.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior?.String("url") is { } before && plan.Planned.String("url") is { } now && Bare(before) == Bare(now))
        {
            plan.Planned["url"] = before;
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        change.State["id"] = (await CallAsync("CreateOpenIDConnectProvider", new()
        {
            ["Url"] = state.Required("url"),
            ["ClientIDList"] = List(state, "client_id_list"),
            ["ThumbprintList"] = List(state, "thumbprint_list"),
            ["Tags"] = TagsIn(change),
        }, ct)).Must("OpenIDConnectProviderArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        var provider = await CallAsync("GetOpenIDConnectProvider", new() { ["OpenIDConnectProviderArn"] = arn }, ct);
        state["arn"] = arn;
        state["url"] = Bare(provider.Must("Url"));
        state["client_id_list"] = TfValue.Strings(provider.Texts("ClientIDList"));
        state["thumbprint_list"] = TfValue.Strings(provider.Texts("ThumbprintList"));
        TakeTags(state, provider);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (before, now) = (change.Prior!.Strings("client_id_list"), change.State.Strings("client_id_list"));
        foreach (var (operation, clients) in new[] { ("AddClientIDToOpenIDConnectProvider", now.Except(before)), ("RemoveClientIDFromOpenIDConnectProvider", before.Except(now)) })
        {
            foreach (var client in clients)
            {
                await CallAsync(operation, new() { ["OpenIDConnectProviderArn"] = change.Id, ["ClientID"] = client }, ct);
            }
        }

        if (change.Changed("thumbprint_list") && List(change.State, "thumbprint_list") is { } thumbprints)
        {
            await CallAsync("UpdateOpenIDConnectProviderThumbprint", new() { ["OpenIDConnectProviderArn"] = change.Id, ["ThumbprintList"] = thumbprints }, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteOpenIDConnectProvider", new() { ["OpenIDConnectProviderArn"] = change.Id }, ct);

    private static string Bare(string url) => url.StartsWith("https://", StringComparison.Ordinal) ? url["https://".Length..] : url;

    private static JsonObject? List(TfObject state, string name) => Wire.Members(state.Strings(name).Select(text => (JsonNode)text));
}
