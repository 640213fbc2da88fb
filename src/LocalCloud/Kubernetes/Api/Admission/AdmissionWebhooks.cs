using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Asks the webhooks that the cluster has registered: mutating ones first, in the order of their names, then validating ones.</summary>
internal sealed class AdmissionWebhooks(ClusterState state)
{
    private const string Group = "admissionregistration.k8s.io/";
    private readonly WebhookClient _client = new(state);

    public async Task<JsonObject> MutateAsync(WriteRequest request, string operation, JsonObject value,
        JsonObject? before, CancellationToken ct)
    {
        foreach (var (hook, type) in Matching("mutatingwebhookconfigurations", request, operation, value, before))
        {
            var review = Review(request, type, operation, value, before);
            if (await AskAsync(request, hook, type, review, ct) is { } response && response.Text("patch") is { } patch)
            {
                if (response.Text("patchType") is { } patchType && patchType != "JSONPatch")
                {
                    throw ApiErrors.Internal(
                        $"failed calling webhook \"{hook.Text("name")}\": unsupported patch type \"{patchType}\"");
                }

                var operations = JsonParser.Parse(Convert.FromBase64String(patch));
                var patched = JsonPatch.Apply(ToVersion(type, value), operations) as JsonObject ?? value;
                value = Decoder.Decode(request.Type, ToVersion(request.Type, patched), [], "Ignore", []);
            }
        }

        return value;
    }

    public async Task ValidateAsync(WriteRequest request, string operation, JsonObject? value, JsonObject? before,
        CancellationToken ct)
    {
        var calls = Matching("validatingwebhookconfigurations", request, operation, value, before)
            .Select(match => AskAsync(request, match.Hook, match.Type,
                Review(request, match.Type, operation, value, before), ct)).ToList();
        await Task.WhenAll(calls);
    }

    /// <summary>Both kinds are asked before an object is deleted.</summary>
    public async Task ValidateDeleteAsync(WriteRequest request, JsonObject current, CancellationToken ct)
    {
        foreach (var (hook, type) in Matching("mutatingwebhookconfigurations", request, "DELETE", null, current))
        {
            await AskAsync(request, hook, type, Review(request, type, "DELETE", null, current), ct);
        }

        await ValidateAsync(request, "DELETE", null, current, ct);
    }

    private List<(JsonObject Hook, ResourceType Type)> Matching(string kind, WriteRequest request, string operation,
        JsonObject? value, JsonObject? before)
    {
        // Webhooks are not asked about webhooks, or a broken one could never be removed.
        if (request.Type.Storage.StartsWith(Group, StringComparison.Ordinal))
        {
            return [];
        }

        var matching = new List<(JsonObject, ResourceType)>();
        foreach (var hook in state.Store.All(Group + kind).SelectMany(configuration =>
            configuration.Value.Items("webhooks")))
        {
            if (WebhookRules.Match(state, hook, request, operation) is { } type
                && WebhookRules.Selects(state, hook, request, value, before))
            {
                matching.Add((hook, type));
            }
        }

        return matching;
    }

    private async Task<JsonObject?> AskAsync(WriteRequest request, JsonObject hook, ResourceType type,
        JsonObject review, CancellationToken ct)
    {
        if (!MatchConditions.Hold(hook, review, type))
        {
            return null;
        }

        var name = hook.Text("name")!;
        if (request.DryRun && hook.Text("sideEffects") is not ("None" or "NoneOnDryRun"))
        {
            throw ApiErrors.BadRequest($"admission webhook \"{name}\" does not support dry run");
        }

        JsonObject response;
        try
        {
            response = await _client.CallAsync(hook, review, ct);
        }
        catch (WebhookFailedException error)
        {
            if (hook.Text("failurePolicy") == "Ignore")
            {
                return null;
            }

            throw ApiErrors.Internal($"failed calling webhook \"{name}\": {error.Message}");
        }

        request.Warnings.AddRange(response.Texts("warnings"));
        return response.Flag("allowed") is true ? response : throw Denied(name, response.Map("status"));
    }

    private static ApiException Denied(string name, JsonObject? given)
    {
        var status = given?.Copy() ?? [];
        var by = $"admission webhook \"{name}\" denied the request";
        var why = status.Text("message") is { Length: > 0 } message ? $": {message}"
            : status.Text("reason") is { Length: > 0 } reason ? $": {reason}" : " without explanation";
        var code = (int)Math.Max(400, status.Number("code") ?? 400);
        var answer = ApiErrors.Status(code, status.Text("reason")
            ?? (code == 403 ? "Forbidden" : ""), by + why, status.Map("details")?.Copy());
        if (string.IsNullOrEmpty(answer.Text("reason")))
        {
            answer.Remove("reason");
        }

        return new ApiException(answer);
    }

    private JsonObject Review(WriteRequest request, ResourceType type, string operation, JsonObject? value,
        JsonObject? before)
    {
        var own = request.Type;
        var content = new JsonObject
        {
            ["uid"] = Guid.NewGuid().ToString(),
            ["kind"] = new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind },
            ["resource"] = new JsonObject
            {
                ["group"] = type.Group,
                ["version"] = type.Version,
                ["resource"] = type.Plural
            },
            ["requestKind"] = new JsonObject { ["group"] = own.Group, ["version"] = own.Version, ["kind"] = own.Kind },
            ["requestResource"] =
                new JsonObject { ["group"] = own.Group, ["version"] = own.Version, ["resource"] = own.Plural },
            ["name"] = value.Text("metadata", "name") ?? before.Text("metadata", "name") ?? request.Name,
            ["operation"] = operation,
            ["userInfo"] = new JsonObject
            {
                ["username"] = request.User.Name,
                ["uid"] = request.User.Uid,
                ["groups"] = new JsonArray([.. request.User.Groups.Select(group => (JsonNode)group)]),
            },
            ["object"] = value is null ? null : ToVersion(type, value),
            ["oldObject"] = before is null ? null : ToVersion(type, before),
            ["dryRun"] = request.DryRun,
            ["options"] = new JsonObject
            {
                ["kind"] =
                operation switch { "CREATE" => "CreateOptions", "UPDATE" => "UpdateOptions", _ => "DeleteOptions" },
                ["apiVersion"] = "meta.k8s.io/v1"
            },
        };
        if (request.Namespace.Length > 0)
        {
            content["namespace"] = request.Namespace;
        }

        if (request.Subresource.Length > 0)
        {
            content["subResource"] = request.Subresource;
            content["requestSubResource"] = request.Subresource;
        }

        return new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = content
        };
    }

    private static JsonObject ToVersion(ResourceType type, JsonObject value)
    {
        var copy = value.Copy();
        copy["apiVersion"] = type.ApiVersion;
        return copy;
    }
}
