using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Questions about users and their rights, answered in the object that asks.</summary>
internal sealed class Reviews(ClusterState state)
{
    public async Task AnswerAsync(ApiRequest request, ResourceType type)
    {
        var body = await RequestBody.ReadAsync(request.Http);
        var warnings = new List<string>();
        var review = Decoder.Decode(type, body.Object, body.Duplicates, request.Query("fieldValidation"), warnings);
        review.Child("metadata").Default("creationTimestamp", state.Now);
        review["status"] = type.Kind switch
        {
            "TokenReview" => await TokenAsync(review, request.Http.RequestAborted),
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = Describe(request.User) },
            "SelfSubjectRulesReview" => Rules(request.User, review.Text("spec", "namespace") ?? ""),
            "SelfSubjectAccessReview" => Access(request.User, review),
            _ => Access(
                new UserInfo(review.Text("spec", "user") ?? "", [.. review.Texts("spec", "groups")]), review),
        };
        await Answers.WriteAsync(request.Http, review, 201);
    }

    private JsonObject Access(UserInfo user, JsonObject review)
    {
        var resource = review.Map("spec", "resourceAttributes");
        var path = review.Map("spec", "nonResourceAttributes");
        var question = new AccessQuestion(
            resource.Text("verb") ?? path.Text("verb") ?? "", resource.Text("group") ?? "", resource.Text("resource")
                ?? "",
            resource.Text("subresource") ?? "", resource.Text("namespace") ?? "", resource.Text("name") ?? "")
        {
            Path = path.Text("path") ?? "",
        };
        return new JsonObject { ["allowed"] = state.Rbac.Allows(user, question) };
    }

    private async Task<JsonObject> TokenAsync(JsonObject review, CancellationToken ct)
    {
        var token = review.Text("spec", "token") ?? "";
        var audiences = review.Texts("spec", "audiences").DefaultIfEmpty(state.Options.ServiceAccountIssuer).ToList();
        foreach (var audience in audiences)
        {
            if (state.Tokens.Find(token, audience, out _) is { } known)
            {
                return Authenticated(known, audience);
            }
        }

        return await state.Options.AuthenticateAsync(token, ct) is { } user
            ? Authenticated(user, null)
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
    }

    private static JsonObject Authenticated(UserInfo user, string? audience)
    {
        var status = new JsonObject { ["authenticated"] = true, ["user"] = Describe(user) };
        if (audience is not null)
        {
            status["audiences"] = new JsonArray(audience);
        }

        return status;
    }

    private JsonObject Rules(UserInfo user, string ns)
    {
        var rules = user.Groups.Contains("system:masters")
            ?
            [
                new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"),
                    ["resources"] = new JsonArray("*") },
                new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") },
            ]
            : state.Rbac.RulesFor(user, ns).ToList();
        return new JsonObject
        {
            ["resourceRules"] =
                new JsonArray([.. rules.Where(rule => rule["resources"] is not null).Select(rule => rule.DeepClone())]),
            ["nonResourceRules"] =
                new JsonArray([.. rules.Where(rule => rule["nonResourceURLs"] is not null).Select(rule =>
                rule.DeepClone())]),
            ["incomplete"] = false,
        };
    }

    public static JsonObject Describe(UserInfo user)
    {
        var description = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            description["uid"] = user.Uid;
        }

        description["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]);
        if (user.Extra.Count > 0)
        {
            description["extra"] = new JsonObject(user.Extra.Select(pair =>
                KeyValuePair.Create<string,
                    JsonNode?>(pair.Key, new JsonArray([.. pair.Value.Select(value => (JsonNode)value)]))));
        }

        return description;
    }
}
