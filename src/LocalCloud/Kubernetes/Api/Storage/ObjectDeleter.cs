using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Deletes objects: preconditions, grace, finalizers of the propagation policy, and those that others have put there.</summary>
internal sealed class ObjectDeleter(ClusterState state)
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";
    private const int Attempts = 50;

    /// <summary>What a delete leads to: the object that waits for its finalizers, or the last state of one that is gone.</summary>
    public sealed record Outcome(JsonObject Object, bool Gone);

    public async Task<Outcome> DeleteAsync(WriteRequest request, JsonObject options, CancellationToken ct)
    {
        var type = request.Type;
        NamespaceLifecycle.DemandDeletable(type, request.Name);
        var policy = Policy(options);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var current = state.Store.Get(type.Storage, request.Namespace, request.Name)
                ?? throw ApiErrors.NotFound(type, request.Name);
            Preconditions(type, current, options);
            await state.Webhooks.ValidateDeleteAsync(request, type.Present(current.Value), ct);
            if (request.DryRun)
            {
                return new Outcome(type.Present(current.Value), true);
            }

            var value = current.Value.Copy();
            Mark(type, value, options, policy);
            if (type.Storage == CustomResources.Storage)
            {
                CustomResources.MarkTerminating(value, state.Now);
            }

            if (Metadata.IsFinished(type, value))
            {
                // What is deleted at once never shows a deletion timestamp; what waited for somebody keeps its own.
                var last = current.Value.At("metadata", "deletionTimestamp") is null ? current.Value : value;
                if (state.Store.Delete(type.Storage, current, last.Copy()) is { } gone)
                {
                    request.Wrote = true;
                    state.Definitions.Deleted(type, gone);
                    return new Outcome(type.Present(gone.Value), true);
                }
            }
            else if (Json.Same(value, current.Value))
            {
                return new Outcome(type.Present(current.Value), false);
            }
            else if (state.Store.Replace(type.Storage, current, value) is { } waiting)
            {
                request.Wrote = true;
                if (type.Storage == CustomResources.Storage)
                {
                    await state.Definitions.TerminateAsync(request.Name, request.User, ct);
                }

                return new Outcome(type.Present(waiting.Value), false);
            }
        }

        throw ApiErrors.Modified(type, request.Name);
    }

    private void Mark(ResourceType type, JsonObject value, JsonObject options, string policy)
    {
        var metadata = value.Child("metadata");
        var finalizers = metadata.Texts("finalizers").Where(name => name is not (Orphan or Foreground)).ToList();
        var kept = metadata.Texts("finalizers").Where(name => name is Orphan or Foreground).ToList();
        finalizers.AddRange(policy switch
        {
            Orphan => [Orphan],
            Foreground => [Foreground],
            "background" => [],
            _ =>
            kept
        });
        if (finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(name => (JsonNode)name)]);
        }
        else
        {
            metadata.Remove("finalizers");
        }

        var grace = Grace(type, value, options);
        var now = state.Options.Clock.GetUtcNow();
        if (metadata["deletionTimestamp"] is null)
        {
            metadata["deletionTimestamp"] = ClusterState.Timestamp(now.AddSeconds(grace));
            if (type.Storage != "namespaces")
            {
                metadata["deletionGracePeriodSeconds"] = grace;
            }

            if (metadata.Number("generation") is { } generation)
            {
                metadata["generation"] = generation + 1;
            }
        }
        else if (grace < (metadata.Number("deletionGracePeriodSeconds") ?? 0))
        {
            // Whoever asks again may shorten the grace, never lengthen it.
            metadata["deletionTimestamp"] = ClusterState.Timestamp(Shorter(metadata, now, grace));
            metadata["deletionGracePeriodSeconds"] = grace;
        }

        if (type.Storage == "namespaces")
        {
            value.Child("status")["phase"] = "Terminating";
        }
    }

    private static DateTimeOffset Shorter(JsonObject metadata, DateTimeOffset now, long grace)
    {
        var end = DateTimeOffset.Parse(metadata.Text("deletionTimestamp")!, CultureInfo.InvariantCulture);
        var begun = end.AddSeconds(-(metadata.Number("deletionGracePeriodSeconds") ?? 0));
        return new[] { begun.AddSeconds(grace), now }.Max();
    }

    /// <summary>Only pods get time to end; one that no node runs, or that has ended, needs none.</summary>
    private static long Grace(ResourceType type, JsonObject value, JsonObject options)
    {
        if (type.Storage != "pods")
        {
            return 0;
        }

        if (string.IsNullOrEmpty(value.Text("spec", "nodeName"))
            || value.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        return Math.Max(0, options.Number("gracePeriodSeconds")
            ?? value.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    }

    private static string Policy(JsonObject options)
    {
        if (options.Flag("orphanDependents") is { } orphan)
        {
            return orphan ? Orphan : "background";
        }

        return options.Text("propagationPolicy") switch
        {
            null or "" => "",
            "Orphan" => Orphan,
            "Foreground" => Foreground,
            "Background" => "background",
            var other => throw new ApiException(ApiErrors.Status(
                422, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"{other}\": supported values: \"Background\", \"Foreground\", \"Orphan\", nil",
                new JsonObject { ["group"] = "meta.k8s.io", ["kind"] = "DeleteOptions" })),
        };
    }

    private static void Preconditions(ResourceType type, StoredObject current, JsonObject options)
    {
        if (options.Text("preconditions", "uid") is { } uid && uid != current.Uid)
        {
            throw ApiErrors.Conflict(type, current.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (options.Text("preconditions", "resourceVersion") is { } version
            && version != current.Value.Text("metadata", "resourceVersion"))
        {
            throw ApiErrors.Conflict(type, current.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {current.Value.Text("metadata", "resourceVersion")}");
        }
    }
}
