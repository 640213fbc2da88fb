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

    /// <summary>A configuration that declares this backend, for roots that declare none.</summary>
    public string OverrideFile() => new JsonObject
    {
        ["terraform"] = new JsonObject { ["backend"] = new JsonObject { [Type] = Settings.DeepClone() } },
    }.ToJsonString();

    /// <summary>The settings in the form of a <c>-backend-config</c> file, for roots that declare the backend themselves.</summary>
    public string ConfigFile() => Settings.ToJsonString();
}
