using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Dns;

/// <summary>aws_acm_certificate.</summary>
internal sealed class Certificate(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_acm_certificate";

    public override IReadOnlyList<string> ForceNew =>
        ["certificate_authority_arn", "domain_name", "key_algorithm", "subject_alternative_names", "validation_method", "validation_option"];

    protected override string Noun => "ACM Certificate";

    protected override IReadOnlyList<string> Kept => ["options"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "domain_name", "subject_alternative_names", "validation_method", "key_algorithm", "options", "certificate_body", "certificate_chain", "private_key",
    ];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("domain_name");

    // The names always hold the domain itself, whether it is written among them or not.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Config["subject_alternative_names"].HasValue && plan.Planned.String("domain_name") is { } domain && plan.Planned["subject_alternative_names"].IsWhollyKnown)
        {
            plan.Planned["subject_alternative_names"] = TfValue.Strings(plan.Config.Strings("subject_alternative_names").Append(domain).Distinct());
        }

        // For which names there will be a record is known before the certificate is asked for: a for_each goes over them.
        if (plan.IsCreate && plan.Config.String("validation_method") == "DNS" && plan.Planned.String("domain_name") is { } first
            && plan.Config["subject_alternative_names"].IsWhollyKnown)
        {
            plan.Planned["domain_validation_options"] = TfValue.Blocks(plan.Config.Strings("subject_alternative_names").Append(first).Distinct()
                .Select(name => new TfObject
                {
                    ["domain_name"] = name,
                    ["resource_record_name"] = TfValue.Unknown,
                    ["resource_record_type"] = TfValue.Unknown,
                    ["resource_record_value"] = TfValue.Unknown,
                }));
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, config) = (change.State, change.Config);
        JsonNode made;
        if (config.String("certificate_body") is { Length: > 0 })
        {
            var import = new JsonObject
            {
                ["Certificate"] = Blob(config.String("certificate_body")),
                ["PrivateKey"] = Blob(config.String("private_key")),
                ["CertificateChain"] = Blob(config.String("certificate_chain")),
                ["Tags"] = SomeTags(change),
            };
            made = await CallAsync("ImportCertificate", import, ct);
        }
        else
        {
            var input = state.Give(Mapping.Pascal, "domain_name", "validation_method", "key_algorithm");
            (input["IdempotencyToken"], input["Tags"]) = (Ids.Unique("tf"), SomeTags(change));
            input["SubjectAlternativeNames"] = Wire.Array(config.Strings("subject_alternative_names"));
            input["Options"] = config.Block("options")?.Give(Mapping.Pascal, "certificate_transparency_logging_preference");
            made = await CallAsync("RequestCertificate", input, ct);
        }

        state["id"] = state["arn"] = made.Must("CertificateArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        var certificate = (await CallAsync("DescribeCertificate", new() { ["CertificateArn"] = arn }, ct)).At("Certificate");
        state.Take(certificate, "domain_name", "status", "type", "renewal_eligibility");
        state["arn"] = arn;
        state["key_algorithm"] = certificate.Text("KeyAlgorithm")?.Replace('-', '_');
        (state["not_after"], state["not_before"]) = (certificate.Instant("NotAfter"), certificate.Instant("NotBefore"));
        state["pending_renewal"] = false;
        state["subject_alternative_names"] = TfValue.Strings(certificate.Texts("SubjectAlternativeNames"));
        state["options"] = TfValue.Blocks(new TfObject { ["certificate_transparency_logging_preference"] = "ENABLED" }
            .Take(certificate.At("Options"), "certificate_transparency_logging_preference"));
        var options = certificate.Items("DomainValidationOptions");
        var method = options.Select(option => option.Text("ValidationMethod")).FirstOrDefault(text => text is not null);
        state["validation_method"] = certificate.Text("Type") == "IMPORTED" ? "NONE" : method ?? (options.Count > 0 ? "DNS" : state["validation_method"]);
        state["domain_validation_options"] = TfValue.Blocks(options.Where(option => option.At("ResourceRecord") is not null).Select(option =>
            new TfObject().Take(option, "domain_name", "resource_record_name=ResourceRecord.Name", "resource_record_type=ResourceRecord.Type",
                "resource_record_value=ResourceRecord.Value")));
        var tags = await CallAsync("ListTagsForCertificate", new() { ["CertificateArn"] = arn }, ct);
        TakeTags(state, tags.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("options"))
        {
            var options = change.State.Block("options")?.Give(Mapping.Pascal, "certificate_transparency_logging_preference");
            await CallAsync("UpdateCertificateOptions", new() { ["CertificateArn"] = change.Id, ["Options"] = options }, ct);
        }

        if (change.Changed("certificate_body") || change.Changed("private_key") || change.Changed("certificate_chain"))
        {
            await CallAsync("ImportCertificate", new()
            {
                ["CertificateArn"] = change.Id,
                ["Certificate"] = Blob(change.Config.String("certificate_body")),
                ["PrivateKey"] = Blob(change.Config.String("private_key")),
                ["CertificateChain"] = Blob(change.Config.String("certificate_chain")),
            }, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteCertificate", new() { ["CertificateArn"] = change.Id }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("AddTagsToCertificate", new() { ["CertificateArn"] = state.Required("id"), ["Tags"] = Wire.Tags(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => CallAsync("RemoveTagsFromCertificate", new()
    {
        ["CertificateArn"] = state.Required("id"),
        ["Tags"] = new JsonArray([.. keys.Select(key => new JsonObject { ["Key"] = key })]),
    }, ct);

    private static JsonArray? SomeTags(ResourceChange change) => TagsOf(change) is { Count: > 0 } tags ? Wire.Tags(tags) : null;

    private static string? Blob(string? text) => text is { Length: > 0 } ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) : null;

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Acm, operation, input, ct);
}

/// <summary>aws_acm_certificate_validation: nothing of its own, only the wait until the certificate is issued.</summary>
internal sealed class CertificateValidation(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_acm_certificate_validation";

    public override IReadOnlyList<string> ForceNew => ["certificate_arn", "validation_record_fqdns"];

    protected override string Noun => "ACM Certificate Validation";

    protected override IReadOnlyList<string> Honoured => ForceNew;

    protected override string? Label(TfObject state) => state.String("certificate_arn");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var arn = change.State.Required("certificate_arn");
        await WaitAsync($"ACM Certificate ({arn}) to be issued", "ISSUED", change.Timeout("create", TimeSpan.FromMinutes(75)),
            async () => (await DescribeAsync(arn, ct)).Text("Status"), ct, "PENDING_VALIDATION");
        change.State["id"] = (await DescribeAsync(arn, ct)).Instant("IssuedAt") ?? arn;
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct) =>
        (await DescribeAsync(state.Required("certificate_arn"), ct)).Text("Status") == "ISSUED";

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => Task.CompletedTask;

    private async Task<JsonNode?> DescribeAsync(string arn, CancellationToken ct) =>
        (await Cloud.CallAsync(AwsApi.Acm, "DescribeCertificate", new() { ["CertificateArn"] = arn }, ct)).At("Certificate");
}
