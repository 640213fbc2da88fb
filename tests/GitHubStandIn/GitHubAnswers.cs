using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.GitHubStandIn;

/// <summary>Does what requests ask for in a <see cref="GitHubWorld"/>, and answers in bodies made of GitHub's own examples.</summary>
internal sealed partial class GitHubAnswers(GitHubWorld world, GitHubContract contract)
{
    private const string Repo = "/repos/{owner}/{repo}";
    private const long BaseRepository = 1296269;
    private const long Fork = 7777;

    /// <summary>A status, a body, and whether a further page follows.</summary>
    public sealed record Answer(int Status, JsonNode? Body, bool HasMore = false);

    /// <summary>Answers.</summary>
    public Answer To(GitHubContract.Operation operation, IReadOnlyDictionary<string, string> query, JsonNode? body) =>
        $"{operation.Method} {operation.Path}" switch
        {
            "GET /user" => world.MeIsKnown ? new Answer(200, UserWith(contract.Example("get", "/user", 200), world.Me)) : Forbidden(),
            $"GET {Repo}/pulls/{{pull_number}}" => Pull(Number(operation, "pull_number")) is { } pull ? new Answer(200, Describe(pull)) : Missing(),
            $"GET {Repo}/collaborators/{{username}}/permission" => Permission(operation.Values["username"]),
            $"GET {Repo}/issues/{{issue_number}}/comments" => ListComments(Number(operation, "issue_number"), query),
            $"POST {Repo}/issues/{{issue_number}}/comments" => AddComment(Number(operation, "issue_number"), body!),
            $"PATCH {Repo}/issues/comments/{{comment_id}}" => ChangeComment(Number(operation, "comment_id"), body!),
            $"DELETE {Repo}/issues/comments/{{comment_id}}" => RemoveComment(Number(operation, "comment_id")),
            $"POST {Repo}/issues/comments/{{comment_id}}/reactions" => React(Number(operation, "comment_id"), body!),
            $"POST {Repo}/issues/{{issue_number}}/labels" => AddLabels(Number(operation, "issue_number"), body!),
            $"DELETE {Repo}/issues/{{issue_number}}/labels/{{name}}" => RemoveLabel(Number(operation, "issue_number"), operation.Values["name"]),
            $"GET {Repo}/deployments" => ListDeployments(query),
            $"POST {Repo}/deployments" => Deploy(body!),
            $"POST {Repo}/deployments/{{deployment_id}}/statuses" => SayStatus(Number(operation, "deployment_id"), body!),
            $"DELETE {Repo}/deployments/{{deployment_id}}" => RemoveDeployment(Number(operation, "deployment_id")),
            $"DELETE {Repo}/environments/{{environment_name}}" => world.Environments.Remove(operation.Values["environment_name"]) ? new Answer(204, null) : Missing(),
            $"POST {Repo}/check-runs" => AddCheck(body!),
            $"PATCH {Repo}/check-runs/{{check_run_id}}" => ChangeCheck(Number(operation, "check_run_id"), body!),
            $"GET {Repo}/actions/runs/{{run_id}}/attempts/{{attempt_number}}" => Attempt(Number(operation, "run_id"), Number(operation, "attempt_number")),
            _ => new Answer(501, Message($"the stand-in has no {operation.Method} {operation.Path}")),
        };

    private GitHubWorld.Pull? Pull(long number) => world.Pulls.GetValueOrDefault((int)number);

    private JsonNode Describe(GitHubWorld.Pull pull)
    {
        var shown = contract.Example("get", $"{Repo}/pulls/{{pull_number}}", 200);
        shown["number"] = pull.Number;
        shown["state"] = pull.IsOpen ? "open" : "closed";
        shown["merged"] = pull.IsMerged;
        shown["merged_at"] = pull.IsMerged ? "2026-01-01T00:00:00Z" : null;
        shown["closed_at"] = pull.IsOpen ? null : "2026-01-01T00:00:00Z";
        shown["locked"] = pull.IsLocked;
        shown["active_lock_reason"] = null;

        // The example of a team lacks what the description demands of one.
        shown["requested_teams"] = new JsonArray();
        UserWith(shown["user"]!, pull.Author);
        shown["head"]!["sha"] = pull.Head;
        shown["head"]!["ref"] = pull.Branch;
        shown["base"]!["sha"] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        shown["base"]!["ref"] = "main";
        shown["base"]!["repo"]!["id"] = BaseRepository;
        shown["head"]!["repo"]!["id"] = pull.IsFromFork ? Fork : BaseRepository;
        if (pull.ForkIsGone)
        {
            shown["head"]!["repo"] = null;
        }

        var label = shown["labels"]![0]!;
        shown["labels"] = new JsonArray([.. pull.Labels.Select(name => With(label.DeepClone(), "name", name))]);
        return shown;
    }

    private Answer Permission(string login)
    {
        if (!world.Permissions.TryGetValue(login, out var permission))
        {
            return Missing();
        }

        var shown = contract.Example("get", $"{Repo}/collaborators/{{username}}/permission", 200);
        shown["permission"] = permission;
        shown["role_name"] = permission;
        shown["user"]!["role_name"] = permission;
        UserWith(shown["user"]!, login);
        return new Answer(200, shown);
    }

    private Answer ListComments(long number, IReadOnlyDictionary<string, string> query)
    {
        var size = int.Parse(query.GetValueOrDefault("per_page", "30"), CultureInfo.InvariantCulture);
        var page = int.Parse(query.GetValueOrDefault("page", "1"), CultureInfo.InvariantCulture);
        var found = world.Comments.Where(comment => comment.Pull == number).ToList();
        return new Answer(200, new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(Describe)]), found.Count > page * size);
    }

    private Answer AddComment(long number, JsonNode body)
    {
        if (Pull(number) is not { } pull)
        {
            return Missing();
        }

        if (pull.IsLocked)
        {
            return new Answer(403, Message("Unable to create comment because issue is locked."));
        }

        var comment = new GitHubWorld.Comment(world.NextId(), (int)number, world.Me) { Body = Text(body, "body") };
        comment.History.Add(comment.Body);
        world.Comments.Add(comment);
        return new Answer(201, Describe(comment));
    }

    private Answer ChangeComment(long id, JsonNode body)
    {
        if (world.Comments.FirstOrDefault(comment => comment.Id == id) is not { } comment)
        {
            return Missing();
        }

        comment.Body = Text(body, "body");
        comment.History.Add(comment.Body);
        return new Answer(200, Describe(comment));
    }

    private Answer RemoveComment(long id) => world.Comments.RemoveAll(comment => comment.Id == id) > 0 ? new Answer(204, null) : Missing();

    private Answer React(long id, JsonNode body)
    {
        if (world.Comments.FirstOrDefault(comment => comment.Id == id) is not { } comment)
        {
            return Missing();
        }

        if (Pull(comment.Pull) is { IsLocked: true })
        {
            return new Answer(403, Message("Unable to create reaction because issue is locked."));
        }

        comment.Reactions.Add(Text(body, "content"));
        return new Answer(201, With(contract.Example("post", $"{Repo}/issues/comments/{{comment_id}}/reactions", 201), "content", Text(body, "content")));
    }

    private JsonNode Describe(GitHubWorld.Comment comment)
    {
        var shown = contract.Example("post", $"{Repo}/issues/{{issue_number}}/comments", 201);
        shown["id"] = comment.Id;
        shown["body"] = comment.Body;
        UserWith(shown["user"]!, comment.Author);
        return shown;
    }

    private Answer AddLabels(long number, JsonNode body)
    {
        if (Pull(number) is not { } pull)
        {
            return Missing();
        }

        var names = (body as JsonArray ?? body["labels"]!.AsArray()).Select(name => name!.GetValue<string>());
        pull.Labels.AddRange(names.Except(pull.Labels).ToList());
        return new Answer(200, Labels(pull));
    }

    private Answer RemoveLabel(long number, string name) =>
        Pull(number) is { } pull && pull.Labels.Remove(name) ? new Answer(200, Labels(pull)) : Missing();

    private JsonArray Labels(GitHubWorld.Pull pull)
    {
        var label = contract.Example("post", $"{Repo}/issues/{{issue_number}}/labels", 200)[0]!;
        return new JsonArray([.. pull.Labels.Select(name => With(label.DeepClone(), "name", name))]);
    }

    private Answer ListDeployments(IReadOnlyDictionary<string, string> query)
    {
        var found = world.Deployments.AsEnumerable().Reverse()
            .Where(deployment => query.GetValueOrDefault("environment", deployment.Environment) == deployment.Environment)
            .Take(int.Parse(query.GetValueOrDefault("per_page", "30"), CultureInfo.InvariantCulture));
        return new Answer(200, new JsonArray([.. found.Select(Describe)]));
    }

    private Answer Deploy(JsonNode body)
    {
        var deployment = new GitHubWorld.Deployment(world.NextId(), Text(body, "environment"), Text(body, "ref"));
        world.Deployments.Add(deployment);
        world.Environments.Add(deployment.Environment);
        return new Answer(201, Describe(deployment));
    }

    private JsonNode Describe(GitHubWorld.Deployment deployment)
    {
        var shown = contract.Example("post", $"{Repo}/deployments", 201);
        shown["id"] = deployment.Id;
        shown["sha"] = deployment.Commit;
        shown["ref"] = deployment.Commit;
        shown["environment"] = deployment.Environment;
        return shown;
    }

    private Answer SayStatus(long id, JsonNode body)
    {
        if (world.Deployments.FirstOrDefault(deployment => deployment.Id == id) is not { } deployment)
        {
            return Missing();
        }

        deployment.Statuses.Add((Text(body, "state"), body["environment_url"]?.GetValue<string>()));
        return new Answer(201, With(contract.Example("post", $"{Repo}/deployments/{{deployment_id}}/statuses", 201), "state", Text(body, "state")));
    }

    private Answer RemoveDeployment(long id)
    {
        var deployment = world.Deployments.FirstOrDefault(deployment => deployment.Id == id);
        if (deployment is null)
        {
            return Missing();
        }

        if (deployment.State != "inactive")
        {
            return new Answer(422, Message("We cannot delete an active deployment unless it is the only deployment in a given environment."));
        }

        world.Deployments.Remove(deployment);
        return new Answer(204, null);
    }

    private Answer AddCheck(JsonNode body)
    {
        var check = new GitHubWorld.Check(world.NextId(), Text(body, "name"), Text(body, "head_sha"));
        world.Checks.Add(check);
        return Change(check, body, 201);
    }

    private Answer ChangeCheck(long id, JsonNode body) =>
        world.Checks.FirstOrDefault(check => check.Id == id) is { } check ? Change(check, body, 200) : Missing();

    private Answer Change(GitHubWorld.Check check, JsonNode body, int status)
    {
        check.Status = body["status"]?.GetValue<string>() ?? check.Status;
        check.Conclusion = body["conclusion"]?.GetValue<string>() ?? check.Conclusion;
        check.Output = body["output"]?.DeepClone() ?? check.Output;
        check.Annotations.AddRange(body["output"]?["annotations"]?.AsArray().Select(note => note!.DeepClone()) ?? []);
        var shown = contract.Example("patch", $"{Repo}/check-runs/{{check_run_id}}", 200);
        shown["id"] = check.Id;
        shown["name"] = check.Name;
        shown["head_sha"] = check.Commit;
        shown["status"] = check.Status;
        shown["conclusion"] = check.Conclusion;
        return new Answer(status, shown);
    }

    private static JsonNode UserWith(JsonNode user, string login)
    {
        user["login"] = login;
        user["type"] = login.EndsWith("[bot]", StringComparison.Ordinal) ? "Bot" : "User";
        return user;
    }

    private static JsonNode With(JsonNode node, string name, string value)
    {
        node[name] = value;
        return node;
    }

    private static string Text(JsonNode body, string name) => body[name]!.GetValue<string>();

    private static long Number(GitHubContract.Operation operation, string name) => long.Parse(operation.Values[name], CultureInfo.InvariantCulture);

    private static Answer Missing() => new(404, Message("Not Found"));

    private static Answer Forbidden() => new(403, Message("Resource not accessible by integration"));

    private static JsonObject Message(string text) => new() { ["message"] = text };
}
