using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>OpenAPI v3, a document a group version, made when first asked for.</summary>
internal sealed class OpenApiDocuments(ClusterState state)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, int Number), (byte[] Body, string Hash)> _documents = [];

    public async Task<bool> TryAnswerAsync(HttpContext http, string path)
    {
        if (path == "/openapi/v3")
        {
            await Answers.WriteAsync(http, Index());
            return true;
        }

        if (!path.StartsWith("/openapi/v3/", StringComparison.Ordinal)
            || Find(path["/openapi/v3/".Length..]) is not { } document)
        {
            return false;
        }

        var tag = $"\"{document.Hash}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.LastModified = Epoch.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        if (http.Request.Query["hash"].ToString() == document.Hash)
        {
            // The hash in its address makes it another document whenever it changes.
            http.Response.Headers.CacheControl = "public, immutable";
            http.Response.Headers.Expires = "Fri, 31 Dec 2049 00:00:00 GMT";
        }

        if (http.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        http.Response.StatusCode = 200;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Body.Length;
        await http.Response.Body.WriteAsync(document.Body, http.RequestAborted);
        return true;
    }

    private JsonObject Index()
    {
        var paths = new JsonObject();
        var snapshot = state.Catalog.Current;
        foreach (var (group, version) in snapshot.Types.Select(type => (type.Group, type.Version)).Distinct())
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            paths[path] = new JsonObject
            {
                ["serverRelativeURL"] =
                $"/openapi/v3/{path}?hash={HashOf(snapshot, group, version)}"
            };
        }

        return new JsonObject { ["paths"] = paths };
    }

    // Built-in groups are the same in every process; others change with their definitions. So no document has to be made for its hash.
    private static string HashOf(ResourceCatalog.Snapshot snapshot, string group, string version)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var type in snapshot.Types.Where(type => type.Group == group && type.Version == version))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(
                $"{type.Plural}\n{type.Definition.Text("metadata", "uid")}\n{type.Definition.Number("metadata", "generation")}\n"));
        }

        hash.AppendData(typeof(OpenApiDocuments).Module.ModuleVersionId.ToByteArray());
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private (byte[] Body, string Hash)? Find(string path)
    {
        var parts = path.Split('/');
        var (group, version) = parts switch
        {
            ["api", var core] => ("", core),
            ["apis", var name, var named] => (name, named),
            _ => ("", ""),
        };
        var snapshot = state.Catalog.Current;
        var types = snapshot.Types.Where(type => type.Group == group && type.Version == version).ToList();
        if (types.Count == 0)
        {
            return null;
        }

        lock (_gate)
        {
            var number = types.Exists(type => type.IsCustom) ? snapshot.Number : 0;
            if (!_documents.TryGetValue((path, number), out var document))
            {
                document = (Json.Bytes(new OpenApiDocument(types).Build()), HashOf(snapshot, group, version));
                _documents[(path, number)] = document;
            }

            return document;
        }
    }
}
