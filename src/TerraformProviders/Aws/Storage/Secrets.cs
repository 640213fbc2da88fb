using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_secretsmanager_secret: the container.</summary>
internal sealed class Secret(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_secretsmanager_secret";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["force_overwrite_replica_secret"] = false, ["recovery_window_in_days"] = 30 };

    protected override string Noun => "Secrets Manager Secret";

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Kept => ["replica"];

    protected override IReadOnlyList<string> Honoured =>
        ["name", "name_prefix", "description", "kms_key_id", "policy", "recovery_window_in_days", "force_overwrite_replica_secret"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var name = Ids.Name(change.State);
        change.State["name"] = name;
        var input = change.State.Give(Mapping.Pascal, "name", "description", "kms_key_id", "force_overwrite_replica_secret");
        (input["ClientRequestToken"], input["Tags"]) = (Ids.Unique(), TagsOf(change) is { Count: > 0 } tags ? Wire.Tags(tags) : null);
        change.State["id"] = await CreateWhenFreeAsync(input, ct);
        if (change.State.String("policy") is { Length: > 0 } policy and not "{}")
        {
            await CallAsync("PutResourcePolicy", new() { ["SecretId"] = change.Id, ["ResourcePolicy"] = policy }, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        var secret = await CallAsync("DescribeSecret", new() { ["SecretId"] = id }, ct);
        if (secret.At("DeletedDate") is not null)
        {
            return false;
        }

        var policy = await CallAsync("GetResourcePolicy", new() { ["SecretId"] = id }, ct);
        state.Take(secret, "arn=ARN", "name");
        state["description"] = secret.Text("Description");
        state["kms_key_id"] = secret.Text("KmsKeyId");
        state["policy"] = policy.Text("ResourcePolicy") is { } document ? JsonDocument.Normal(document) : "";
        TakeTags(state, secret.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("description") || change.Changed("kms_key_id"))
        {
            var input = change.State.Give(Mapping.Pascal, "kms_key_id");
            (input["SecretId"], input["Description"], input["ClientRequestToken"]) = (change.Id, change.State.String("description") ?? "", Ids.Unique());
            await CallAsync("UpdateSecret", input, ct);
        }

        if (change.Changed("policy"))
        {
            await (change.State.String("policy") is { Length: > 0 } policy and not "{}"
                ? CallAsync("PutResourcePolicy", new() { ["SecretId"] = change.Id, ["ResourcePolicy"] = policy }, ct)
                : CallAsync("DeleteResourcePolicy", new() { ["SecretId"] = change.Id }, ct));
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var window = change.State.Int("recovery_window_in_days") ?? 30;
        var input = new JsonObject { ["SecretId"] = change.Id };
        input[window == 0 ? "ForceDeleteWithoutRecovery" : "RecoveryWindowInDays"] = window == 0 ? true : window;
        await CallAsync("DeleteSecret", input, ct);
    }

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["SecretId"] = state.Required("id"), ["Tags"] = Wire.Tags(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["SecretId"] = state.Required("id"), ["TagKeys"] = Wire.Array(keys) }, ct);

    // A secret that was just deleted without recovery keeps its name for a moment.
    private async Task<string> CreateWhenFreeAsync(JsonObject input, CancellationToken ct)
    {
        var start = TimeProvider.System.GetTimestamp();
        var limit = Cloud.Options.Patience ?? TimeSpan.FromMinutes(2);
        while (true)
        {
            try
            {
                return (await CallAsync("CreateSecret", (JsonObject)input.DeepClone(), ct)).Must("ARN");
            }
            catch (AwsException error) when (error.Code == "InvalidRequestException"
                && error.Message.Contains("scheduled for deletion", StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(start) < limit)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct);
            }
        }
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Secrets, operation, input, ct);
}

/// <summary>aws_secretsmanager_secret_version: a value.</summary>
internal sealed class SecretVersion(AwsCloud cloud) : AwsResource(cloud)
{
    private const string Current = "AWSCURRENT";

    public override string Type => "aws_secretsmanager_secret_version";

    public override IReadOnlyList<string> ForceNew => ["secret_binary", "secret_id", "secret_string", "secret_string_wo_version"];

    protected override string Noun => "Secrets Manager Secret Version";

    protected override IReadOnlyList<string> Honoured =>
        ["secret_id", "secret_string", "secret_binary", "secret_string_wo", "secret_string_wo_version", "version_stages"];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("secret_id");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var secret = change.State.Required("secret_id");
        var input = change.State.Give(Mapping.Pascal, "secret_id", "secret_string", "secret_binary");
        if (change.Config.String("secret_string_wo") is { } hidden)
        {
            input["SecretString"] = hidden;
        }

        (input["ClientRequestToken"], input["VersionStages"]) = (Ids.Unique(), Wire.Array(change.Config.Strings("version_stages")));
        var version = (await CallAsync("PutSecretValue", input, ct)).Must("VersionId");
        change.State["id"] = $"{secret}|{version}";
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var (secret, version) = Parts(state.Required("id"));
        JsonNode value;
        try
        {
            value = await CallAsync("GetSecretValue", new() { ["SecretId"] = secret, ["VersionId"] = version }, ct);
        }
        catch (AwsException error) when (error.Code == "InvalidRequestException" && error.Message.Contains("delet", StringComparison.Ordinal))
        {
            return false;
        }

        state["arn"] = value.Text("ARN");
        state["secret_id"] = state["secret_id"].HasValue ? state["secret_id"] : secret;
        state["version_id"] = version;
        state["version_stages"] = TfValue.Strings(value.Texts("VersionStages"));
        state["has_secret_string_wo"] = state["secret_string_wo_version"].HasValue ? true : TfValue.Null;
        if (!state["secret_string_wo_version"].HasValue)
        {
            state["secret_string"] = value.Text("SecretString");
            state["secret_binary"] = value.Text("SecretBinary");
        }

        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (secret, version) = Parts(change.Id);
        var (before, now) = (change.Prior!.Strings("version_stages"), change.State.Strings("version_stages"));
        foreach (var stage in now.Except(before))
        {
            await MoveStageAsync(secret, stage, version, null, ct);
        }

        foreach (var stage in before.Except(now).Where(stage => stage != Current))
        {
            await MoveStageAsync(secret, stage, null, version, ct);
        }
    }

    // A version has no deletion of its own: it goes when nothing labels it. The current one stays with its secret.
    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (secret, version) = Parts(change.Id);
        foreach (var stage in change.State.Strings("version_stages").Where(stage => stage is not (Current or "AWSPREVIOUS")))
        {
            await MoveStageAsync(secret, stage, null, version, ct);
        }
    }

    private static (string Secret, string Version) Parts(string id) => id.Split('|', 2) is [{ Length: > 0 } secret, { Length: > 0 } version]
        ? (secret, version)
        : throw new ProviderException($"unexpected format of ID (\"{id}\"), expected SecretID|VersionID");

    private Task MoveStageAsync(string secret, string stage, string? to, string? from, CancellationToken ct) => CallAsync("UpdateSecretVersionStage",
        new() { ["SecretId"] = secret, ["VersionStage"] = stage, ["MoveToVersionId"] = to, ["RemoveFromVersionId"] = from }, ct);

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Secrets, operation, input, ct);
}
