using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.Engine.Tools;

/// <summary>Where a root's state lies, in terraform's words.</summary>
/// <param name="Type"><c>s3</c> or <c>local</c>.</param>
/// <param name="Settings">Arguments of the backend block.</param>
public sealed record StateBackend(string Type, JsonObject Settings)
{
    /// <summary>An object in a bucket.</summary>
    /// <param name="endpoint">One endpoint for every AWS service; null: AWS's own.</param>
    public static StateBackend S3(string bucket, string key, string region, bool useLockfile, string? lockTable, string? endpoint)
    {
        var settings = new JsonObject { ["bucket"] = bucket, ["key"] = key, ["region"] = region, ["encrypt"] = true };
        if (useLockfile)
        {
            settings["use_lockfile"] = true;
        }

        if (lockTable is not null)
        {
            settings["dynamodb_table"] = lockTable;
        }

        if (endpoint is not null)
        {
            settings["endpoints"] = new JsonObject { ["s3"] = endpoint, ["dynamodb"] = endpoint, ["sts"] = endpoint, ["iam"] = endpoint };

            // A private partition answers on one address, knows its own regions, and has no metadata service.
            settings["use_path_style"] = true;
            settings["skip_region_validation"] = true;
            settings["skip_metadata_api_check"] = true;
            settings["skip_requesting_account_id"] = true;
            settings["skip_credentials_validation"] = true;
        }

        return new StateBackend("s3", settings);
    }

    /// <summary>A file.</summary>
    public static StateBackend Local(string path) => new("local", new JsonObject { ["path"] = path });

    /// <summary>Where it is, for people.</summary>
    public string Place => Type == "s3" ? $"s3://{(string?)Settings["bucket"]}/{(string?)Settings["key"]}" : (string?)Settings["path"] ?? Type;

    /// <summary>Whether a working directory's data folder may be of this state: only what it says itself rules that out.</summary>
    /// <param name="dataDirectory">A <c>.terraform</c> folder, or what TF_DATA_DIR names.</param>
    public bool MayBe(string dataDirectory)
    {
        try
        {
            var backend = JsonNode.Parse(File.ReadAllBytes(Path.Combine(dataDirectory, "terraform.tfstate")))?["backend"];
            var theirs = backend?["config"];
            return (string?)backend?["type"] == Type
                && Same(theirs?["bucket"], Settings["bucket"]) && Same(theirs?["key"], Settings["key"])
                && (EndpointOf(theirs) is not { } endpoint || EndpointOf(Settings) is not { } own || endpoint == own);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Without an init there is no backend but a file of its own.
            return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool Same(JsonNode? one, JsonNode? other) => (string?)one == (string?)other;

    private static string? EndpointOf(JsonNode? settings) =>
        (settings?["endpoints"] switch
        {
            JsonArray { Count: > 0 } list => (string?)list[0]?["s3"],
            JsonObject map => (string?)map["s3"],
            _ => null,
        } ?? (string?)settings?["endpoint"])?.TrimEnd('/');

    /// <summary>A configuration that declares this backend, for roots that declare none.</summary>
    public string OverrideFile() => new JsonObject
    {
        ["terraform"] = new JsonObject { ["backend"] = new JsonObject { [Type] = Settings.DeepClone() } },
    }.ToJsonString();

    /// <summary>The settings in the form of a <c>-backend-config</c> file, for roots that declare the backend themselves.</summary>
    public string ConfigFile() => Settings.ToJsonString();
}
