using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Reads objects, one or many, whole or as tables.</summary>
internal sealed class ObjectReader(ClusterState state)
{
    public async Task GetAsync(ApiRequest request, ResourceType type)
    {
        var stored = state.Store.Get(type.Storage, request.Namespace, request.Name)
            ?? throw ApiErrors.NotFound(type, request.Name);
        if (Tables.Negotiate(request, type, type.Present(stored.Value), state.Options.Clock.GetUtcNow()) is { } table)
        {
            await Answers.WriteAsync(request.Http, table);
            return;
        }

        await Answers.WriteAsync(request.Http, stored.Bytes(type));
    }

    public async Task ListAsync(ApiRequest request, ResourceType type)
    {
        CheckRevision(request);
        var page = Page(request, type);
        var metadata = new JsonObject { ["resourceVersion"] = page.Revision.ToString(CultureInfo.InvariantCulture) };
        if (page.Continue is not null)
        {
            metadata["continue"] = page.Continue;
            if (page.Remaining is { } remaining)
            {
                metadata["remainingItemCount"] = remaining;
            }
        }

        if (Tables.Wanted(request) is { } kind)
        {
            var shown = page.Items.Select(item => type.Present(item.Value));
            await Answers.WriteAsync(request.Http,
                Tables.Build(kind, type, shown, metadata, state.Options.Clock.GetUtcNow(),
                Tables.IncludesObject(request)));
            return;
        }

        if (Tables.WantedMetadata(request) is { } version)
        {
            await Answers.WriteAsync(request.Http, new JsonObject
            {
                ["kind"] = "PartialObjectMetadataList",
                ["apiVersion"] = version,
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. page.Items.Select(item =>
                    (JsonNode)Tables.MetadataOf(version, item.Value))]),
            });
            return;
        }

        await Answers.WriteAsync(request.Http, Join(type, metadata, page.Items));
    }

    /// <summary>Those of the objects that lie in the request's namespace and that its selectors choose.</summary>
    public IEnumerable<StoredObject> Select(ApiRequest request, ResourceType type, IEnumerable<StoredObject> objects)
    {
        var chosen = Chooser(request, type);
        return objects.Where(item => chosen(item));
    }

    /// <summary>The request's selection as a question to one object.</summary>
    public static Func<StoredObject, bool> Chooser(ApiRequest request, ResourceType type)
    {
        var labels = LabelSelector.Parse(request.Query("labelSelector") ?? "");
        var field = request.Query("fieldSelector") is { Length: > 0 } text ? FieldSelector.Parse(type, text) : null;
        return item => (request.Namespace.Length == 0 || item.Namespace == request.Namespace)
            && (request.Name.Length == 0 || item.Name == request.Name)
            && (labels.Count == 0
                || labels.All(requirement => requirement.Matches(item.Value.Map("metadata", "labels"))))
            && (field is null || field(item.Value));
    }

    public static long? Revision(ApiRequest request)
    {
        var text = request.Query("resourceVersion");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision
            : throw new ApiException(ApiErrors.Status(
            400, "BadRequest", $"Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"));
    }

    private void CheckRevision(ApiRequest request)
    {
        // A revision that is not there yet: the real server waits for it three seconds and then says so.
        if (Revision(request) is { } revision && revision > state.Store.Revision)
        {
            throw new ApiException(ApiErrors.Status(
                504, "Timeout", $"Timeout: Too large resource version: {revision}, current: {state.Store.Revision}",
                new JsonObject
                {
                    ["causes"] = new JsonArray(new JsonObject
                    {
                        ["reason"] = "ResourceVersionTooLarge",
                        ["message"] = "Too large resource version"
                    }),
                    ["retryAfterSeconds"] = 1,
                }), 1);
        }
    }

    private (IReadOnlyList<StoredObject> Items, long Revision, string? Continue,
        long? Remaining) Page(ApiRequest request, ResourceType type)
    {
        var (objects, revision) = state.Store.List(type.Storage);
        var after = "";
        if (request.Query("continue") is { Length: > 0 } token)
        {
            (objects, revision, after) = Resume(type, token);
        }

        var limit = long.TryParse(request.Query("limit"), out var asked) && asked > 0 ? asked : long.MaxValue;
        var chosen = Chooser(request, type);
        var items = new List<StoredObject>();
        var left = 0L;
        foreach (var item in objects)
        {
            if (string.CompareOrdinal(item.Key, after) <= 0 || !chosen(item.Value))
            {
                continue;
            }

            if (items.Count < limit)
            {
                items.Add(item.Value);
            }
            else
            {
                left++;
            }
        }

        if (left == 0)
        {
            return (items, revision, null, null);
        }

        state.Store.Keep(type.Storage, objects, revision);
        var next = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes($"{revision}:{items[^1].Namespace}/{items[^1].Name}"));
        var selects = !string.IsNullOrEmpty(request.Query("labelSelector"))
            || !string.IsNullOrEmpty(request.Query("fieldSelector"));
        return (items, revision, next, selects ? null : left);
    }

    private (ImmutableSortedDictionary<string, StoredObject> Objects, long Revision,
        string After) Resume(ResourceType type, string token)
    {
        var text = Base64Url.IsValid(token) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) : "";
        var colon = text.IndexOf(':');
        if (colon < 1 || !long.TryParse(text[..colon], out var revision))
        {
            throw ApiErrors.BadRequest("continue key is not valid: invalid continue token");
        }

        var kept = state.Store.Kept(type.Storage, revision) ?? throw ApiErrors.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");
        return (kept, revision, text[(colon + 1)..]);
    }

    private static byte[] Join(ResourceType type, JsonObject metadata, IReadOnlyList<StoredObject> items)
    {
        using var buffer = new MemoryStream();
        buffer.Write(Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{type.ListKind}\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":"));
        buffer.Write(Json.Bytes(metadata));
        buffer.Write(",\"items\":["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                buffer.WriteByte((byte)',');
            }

            buffer.Write(items[i].ItemBytes(type));
        }

        buffer.Write("]}"u8);
        return buffer.ToArray();
    }
}
