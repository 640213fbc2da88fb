using System.Globalization;
using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Streams what happens to a kind's objects, from a revision on or from now.</summary>
internal sealed class ObjectWatcher(ClusterState state)
{
    // The real server tells a quiet watch about once a minute how far it is.
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    public async Task WatchAsync(ApiRequest request, ResourceType type)
    {
        var stream = request.Query("sendInitialEvents") == "true";
        if (stream && (request.Query("resourceVersionMatch") != "NotOlderThan"
            || request.Query("allowWatchBookmarks") != "true"))
        {
            throw Unfit(request.Query("resourceVersionMatch") != "NotOlderThan"
                ? "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                : "allowWatchBookmarks: Forbidden: sendInitialEvents requires setting allowWatchBookmarks to true");
        }

        var chooser = ObjectReader.Chooser(request, type);
        var revision = ObjectReader.Revision(request);
        var fresh = stream || revision is null or 0;
        using var subscription = state.Store.Follow(type.Storage, fresh ? null : revision);
        var http = request.Http;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-cache, private";
        if (subscription is null)
        {
            await WriteAsync(http, "ERROR",
                Json.Bytes(ApiErrors.Expired(
                $"too old resource version: {revision} ({state.Store.Forgotten(type.Storage)})").Status));
            return;
        }

        http.Features.Get<RequestOutcome>()!.User = request.User.Name;
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        http.Features.Get<RequestOutcome>()!.Log();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, state.Stopping.Token);
        using var timer = state.Options.Clock.CreateTimer(_ =>
            ending.Cancel(), null, Timeout(request), System.Threading.Timeout.InfiniteTimeSpan);
        var writer = new EventWriter(request, type, state.Options.Clock);
        try
        {
            if (fresh && request.Query("sendInitialEvents") != "false")
            {
                foreach (var item in subscription.Objects.Values.Where(chooser))
                {
                    await writer.WriteAsync("ADDED", item);
                }

                if (stream)
                {
                    await writer.BookmarkAsync(subscription.Revision, initial: true);
                }

                await http.Response.Body.FlushAsync(ending.Token);
            }

            await FollowAsync(request, subscription, chooser, writer, ending.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Its time is over, or the server's: the stream ends in order and the client comes again.
            if (request.Query("allowWatchBookmarks") == "true" && !state.Stopping.IsCancellationRequested)
            {
                await writer.BookmarkAsync(writer.Seen > 0 ? writer.Seen : subscription.Revision, initial: false);
            }
        }
    }

    private async Task FollowAsync(
        ApiRequest request, ObjectStore.Subscription subscription, Func<StoredObject, bool> chooser,
            EventWriter writer, CancellationToken ct)
    {
        var bookmarks = request.Query("allowWatchBookmarks") == "true";
        while (true)
        {
            var next = subscription.Events.WaitToReadAsync(ct).AsTask();
            if (bookmarks && !next.IsCompleted)
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var pause = Task.Delay(BookmarkInterval, state.Options.Clock, quiet.Token);
                if (await Task.WhenAny(next, pause) == pause && !ct.IsCancellationRequested && !next.IsCompleted)
                {
                    await writer.BookmarkAsync(Math.Max(writer.Seen, subscription.Revision), initial: false);
                    await request.Http.Response.Body.FlushAsync(ct);
                }

                await quiet.CancelAsync();
            }

            if (!await next)
            {
                return;
            }

            while (subscription.Events.TryRead(out var change))
            {
                var (now, before) = (chooser(change.Object), change.Previous is { } previous && chooser(previous));
                var word = change.Change == StoreChange.Deleted ? before || now ? "DELETED" : null
                    : now ? before ? "MODIFIED" : "ADDED"
                    : before ? "DELETED" : null;
                if (word is not null)
                {
                    await writer.WriteAsync(word, change.Object);
                }

                writer.Seen = change.Revision;
            }

            await request.Http.Response.Body.FlushAsync(ct);
        }
    }

    private static TimeSpan Timeout(ApiRequest request) =>
        long.TryParse(request.Query("timeoutSeconds"), out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds)
            : DefaultTimeout;

    private static ApiException Unfit(string why) => new(ApiErrors.Status(
        422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {why}",
            new JsonObject { ["group"] = "meta.k8s.io", ["kind"] = "ListOptions" }));

    private static async Task WriteAsync(HttpContext http, string type, ReadOnlyMemory<byte> value)
    {
        var body = http.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        body.Write(value.Span);
        body.Write("}\n"u8);
        await body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Writes a watch's events in the form that the client asked for.</summary>
    private sealed class EventWriter(ApiRequest request, ResourceType type, TimeProvider clock)
    {
        private readonly HttpContext _http = request.Http;
        private readonly string? _table = Tables.Wanted(request);
        private readonly string? _reduced = Tables.WantedMetadata(request);
        private bool _headed;

        public long Seen { get; set; }

        public Task WriteAsync(string word, StoredObject item)
        {
            if (_reduced is not null)
            {
                return ObjectWatcher.WriteAsync(_http, word, Json.Bytes(Tables.MetadataOf(_reduced, item.Value)));
            }

            if (_table is null)
            {
                return ObjectWatcher.WriteAsync(_http, word, item.Bytes(type));
            }

            var metadata = new JsonObject
            {
                ["resourceVersion"] =
                item.Revision.ToString(CultureInfo.InvariantCulture)
            };
            var rows = Tables.Build(_table, type, [type.Present(item.Value)], metadata, clock.GetUtcNow(),
                Tables.IncludesObject(request), headings: !_headed);
            _headed = true;
            return ObjectWatcher.WriteAsync(_http, word, Json.Bytes(rows));
        }

        public Task BookmarkAsync(long revision, bool initial)
        {
            var metadata = new JsonObject
            {
                ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = null
            };
            if (initial)
            {
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            }

            return ObjectWatcher.WriteAsync(_http, "BOOKMARK", Json.Bytes(new JsonObject
            {
                ["kind"] = _reduced is null ? type.Kind : "PartialObjectMetadata",
                ["apiVersion"] = _reduced ?? type.ApiVersion,
                ["metadata"] = metadata,
            }));
        }
    }
}
