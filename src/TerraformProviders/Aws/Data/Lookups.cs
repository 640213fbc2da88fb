using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Data;

/// <summary>aws_ssm_parameter.</summary>
internal sealed class ParameterData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_ssm_parameter";

    protected override string Noun => "SSM Parameter";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var decrypt = state.Bool("with_decryption") ?? true;
        var answer = (await Cloud.CallAsync(AwsApi.Ssm, "GetParameter", new() { ["Name"] = state.Required("name"), ["WithDecryption"] = decrypt }, ct)).At("Parameter");
        state.Take(answer, "arn=ARN", "name", "type", "value", "version");
        state["with_decryption"] = decrypt;
        state["insecure_value"] = answer.Text("Type") == "SecureString" ? TfValue.Null : answer.Text("Value");
        state["id"] = state["name"];
    }
}

/// <summary>aws_acm_certificate.</summary>
internal sealed class CertificateData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_acm_certificate";

    protected override string Noun => "ACM Certificate";

    protected override string? Label(TfObject state) => state.String("domain");

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var statuses = state.Strings("statuses") is { Count: > 0 } given ? given : ["ISSUED"];
        var list = await Cloud.CallAsync(AwsApi.Acm, "ListCertificates", new() { ["CertificateStatuses"] = Wire.Array(statuses), ["MaxItems"] = 1000 }, ct);
        var (domain, types) = (state.String("domain"), state.Strings("types"));
        List<JsonNode> found = [];
        foreach (var arn in list.Items("CertificateSummaryList").Where(each => domain is null || each.Text("DomainName") == domain).Select(each => each.Must("CertificateArn")))
        {
            var certificate = (await Cloud.CallAsync(AwsApi.Acm, "DescribeCertificate", new() { ["CertificateArn"] = arn }, ct)).At("Certificate")!;
            if (types.Count == 0 || types.Contains(certificate.Text("Type") ?? ""))
            {
                found.Add(certificate);
            }
        }

        if (found.Count == 0)
        {
            throw new ProviderException("no matching ACM Certificate found");
        }

        if (found.Count > 1 && state.Bool("most_recent") != true)
        {
            throw new ProviderException("multiple ACM Certificates matching domain (" + domain + ")");
        }

        var newest = found.MaxBy(each => each.Number("NotBefore") ?? each.Number("CreatedAt") ?? 0)!;
        var id = newest.Must("CertificateArn");
        state["id"] = state["arn"] = id;
        state["domain"] = newest.Text("DomainName");
        state["status"] = newest.Text("Status");
        var tags = await Cloud.CallAsync(AwsApi.Acm, "ListTagsForCertificate", new() { ["CertificateArn"] = id }, ct);
        state["tags"] = TfValue.Map(tags.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        if (newest.Text("Status") == "ISSUED")
        {
            state.Take(await Cloud.CallAsync(AwsApi.Acm, "GetCertificate", new() { ["CertificateArn"] = id }, ct), "certificate", "certificate_chain");
        }
    }
}

/// <summary>aws_vpc.</summary>
internal sealed class VpcData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_vpc";

    protected override string Noun => "EC2 VPC";

    protected override string? Label(TfObject state) => state.String("id");

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var input = Filters.Of(state, ("cidr", state.String("cidr_block")), ("dhcp-options-id", state.String("dhcp_options_id")),
            ("isDefault", state.Bool("default") == true ? "true" : null), ("state", state.String("state")));
        input["VpcId"] = state.String("id") is { Length: > 0 } id ? new JsonArray(id) : null;
        var vpc = One((await Cloud.CallAsync(AwsApi.Ec2, "DescribeVpcs", input, ct)).Items("vpcSet"));
        state["cidr_block_associations"] = TfValue.Blocks(vpc.Items("cidrBlockAssociationSet").Select(each =>
            new TfObject().Take(each, "association_id", "cidr_block", "state=cidrBlockState.state")));
        (state["default"], state["state"]) = (vpc.Flag("isDefault"), vpc.Text("state"));
        var whole = new TfObject { ["id"] = vpc.Must("vpcId") };
        await new Ec2.Vpc(Cloud).ReadAsync(whole, ct);
        whole["tags"] = whole["tags_all"];
        foreach (var name in state.Names.ToList().Where(name => whole[name].HasValue))
        {
            state[name] = whole[name];
        }
    }
}

/// <summary>aws_subnets.</summary>
internal sealed class SubnetsData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_subnets";

    protected override string Noun => "EC2 Subnets";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await Cloud.CallAsync(AwsApi.Ec2, "DescribeSubnets", Filters.Of(state), ct);
        state["id"] = Cloud.Region;
        state["ids"] = TfValue.Strings(answer.Texts("subnetSet", "subnetId"));
    }
}

/// <summary>aws_ami.</summary>
internal sealed class AmiData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_ami";

    protected override string Noun => "EC2 AMI";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var input = Filters.Of(new TfObject { ["filter"] = state["filter"] });
        input["Owner"] = Wire.Array(state.Strings("owners"));
        input["ExecutableBy"] = Wire.Array(state.Strings("executable_users"));
        input["IncludeDeprecated"] = state.Bool("include_deprecated");
        var images = (await Cloud.CallAsync(AwsApi.Ec2, "DescribeImages", input, ct)).Items("imagesSet");
        if (state.String("name_regex") is { Length: > 0 } regex)
        {
            images = [.. images.Where(image => Regex.IsMatch(image.Text("name") ?? "", regex, RegexOptions.None, TimeSpan.FromSeconds(1)))];
        }

        if (images.Count == 0)
        {
            throw new ProviderException("Your query returned no results. Please change your search criteria and try again.");
        }

        if (images.Count > 1 && state.Bool("most_recent") != true)
        {
            throw new ProviderException("Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.");
        }

        Take(state, images.MaxBy(image => image.Text("creationDate"), StringComparer.Ordinal)!);
    }

    private void Take(TfObject state, JsonNode image)
    {
        state.Take(image, "architecture", "boot_mode", "creation_date", "deprecation_time", "description", "ena_support", "hypervisor", "image_id", "image_location",
            "image_owner_alias", "image_type", "imds_support", "kernel_id", "name", "owner_id=imageOwnerId", "platform", "platform_details", "public=isPublic",
            "ramdisk_id", "root_device_name", "root_device_type", "sriov_net_support", "state=imageState", "tpm_support", "usage_operation", "virtualization_type");
        state["id"] = image.Text("imageId");
        state["arn"] = $"arn:{Cloud.Partition}:ec2:{Cloud.Region}::image/{image.Text("imageId")}";
        var devices = image.Items("blockDeviceMapping");
        state["block_device_mappings"] = TfValue.Blocks(devices.Select(device => new TfObject
        {
            ["device_name"] = device.Text("deviceName") ?? "",
            ["no_device"] = device.Text("noDevice") ?? "",
            ["virtual_name"] = device.Text("virtualName") ?? "",
            ["ebs"] = TfValue.Map((device.At("ebs") as JsonObject ?? []).Where(entry => entry.Value is JsonValue)
                .Select(entry => KeyValuePair.Create(Snake(entry.Key), entry.Value!.ToString()))),
        }));
        state["root_snapshot_id"] = devices.FirstOrDefault(device => device.Text("deviceName") == image.Text("rootDeviceName")).Text("ebs.snapshotId");
        state["state_reason"] = TfValue.Map([new("code", image.Text("stateReason.code") ?? "UNSET"), new("message", image.Text("stateReason.message") ?? "UNSET")]);
        state["product_codes"] = TfValue.Blocks();
        state["tags"] = TfValue.Map(image.Items("tagSet").Select(tag => KeyValuePair.Create(tag.Text("key") ?? "", tag.Text("value") ?? "")));
    }

    private static string Snake(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : letter.ToString()));
}
