using System.Text.Json;
using Mayfly.LocalCloud.Tests.Aws;
using Mayfly.LocalCloud.Tests.Providers;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>Terraform roots on the AWS of the local cloud.</summary>
internal static class AwsRoot
{
    // What an import is named by, where that is not the resource's id.
    private static readonly Dictionary<string, Func<JsonElement, string>> ImportIds = new()
    {
        ["aws_route"] = state => $"{state.Text("route_table_id")}_{state.Text("destination_cidr_block")}",
        ["aws_route_table_association"] = state => $"{state.Text("subnet_id")}/{state.Text("route_table_id")}",
        ["aws_security_group_rule"] = state => string.Join('_', new[] { "security_group_id", "type", "protocol", "from_port", "to_port", "source_security_group_id" }.Select(name => state.Text(name))),
        ["aws_s3_object"] = state => $"{state.Text("bucket")}/{state.Text("key")}",
        ["aws_db_instance"] = state => state.Text("identifier"),
        ["aws_eks_pod_identity_association"] = state => $"{state.Text("cluster_name")},{state.Text("association_id")}",
    };

    /// <summary>A root with a provider block for this AWS.</summary>
    public static async Task<TerraformRoot> CreateAsync(LocalAwsFixture aws, string configuration, string defaultTags = "")
    {
        var root = new TerraformRoot($$"""
            provider "aws" {
              region = "us-east-1"
              {{(defaultTags.Length == 0 ? "" : $"default_tags {{\n    tags = {defaultTags}\n  }}")}}
            }

            {{configuration}}
            """);
        root.Set("AWS_ENDPOINT_URL", aws.Aws.Proxy.Endpoint.AbsoluteUri);
        root.Set("AWS_ACCESS_KEY_ID", CloudContext.AccessKey);
        root.Set("AWS_SECRET_ACCESS_KEY", CloudContext.SecretKey);
        root.Set("MAYFLY_PROVIDER_PATIENCE", "3");
        await root.InitAsync();
        return root;
    }

    /// <summary>An attribute as text.</summary>
    public static string Text(this JsonElement state, string name) => state.GetProperty(name) is { ValueKind: JsonValueKind.String } text
        ? text.GetString()!
        : state.GetProperty(name).ToString();

    /// <summary>What a planned change does: create, update, no-op, ...; joined by a slash.</summary>
    public static string Actions(this JsonElement change) => string.Join('/', change.GetProperty("actions").EnumerateArray().Select(action => action.GetString()));

    /// <summary>Forgets the state, and writes an import block for each resource that was in it; says how many.</summary>
    public static async Task<int> ForgetAndImportAsync(this TerraformRoot root)
    {
        using var document = JsonDocument.Parse(await root.MustAsync("show", "-json"));
        var blocks = document.RootElement.GetProperty("values").GetProperty("root_module").GetProperty("resources").EnumerateArray()
            .Where(resource => resource.Text("mode") == "managed" && resource.Text("type") != "aws_acm_certificate_validation")
            .Select(resource => (Address: resource.Text("address"), Id: ImportIdOf(resource.Text("type"), resource.GetProperty("values"))))
            .ToList();
        root.Write("imports.tf", string.Concat(blocks.Select(block => $"import {{\n  to = {block.Address}\n  id = {JsonSerializer.Serialize(block.Id)}\n}}\n")));
        File.Move(Path.Combine(root.Folder, "terraform.tfstate"), Path.Combine(root.Folder, "forgotten.tfstate"));
        return blocks.Count;
    }

    private static string ImportIdOf(string type, JsonElement state) => ImportIds.TryGetValue(type, out var make) ? make(state) : state.Text("id");
}
