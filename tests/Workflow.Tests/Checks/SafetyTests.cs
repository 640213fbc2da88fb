using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.Workflow.Tests.Checks;

/// <summary>What docs/security.md says of the workflow, as far as its files show it.</summary>
public sealed partial class SafetyTests
{
    [Fact]
    public void No_script_holds_an_expression_so_nothing_that_strangers_write_becomes_code() =>
        Assert.DoesNotContain(WorkflowFiles.Steps, found => found.Step["run"]?.GetValue<string>().Contains("${{") == true);

    [Fact]
    public void What_people_write_reaches_no_step_at_all_not_even_as_a_variable()
    {
        // Mayfly reads the event's file; conditions may look at it, since GitHub evaluates them and runs nothing.
        var expressions = WorkflowFiles.Steps.SelectMany(found => Texts(found.Step)).SelectMany(text => Expression().Matches(text).Select(match => match.Value));

        Assert.DoesNotContain(expressions, expression => Regex.IsMatch(expression, @"github\.(event|head_ref|ref_name|actor|triggering_actor)\b|inputs\.(pr|command|argument)|toJSON\(github\)", RegexOptions.IgnoreCase));
    }

    [Fact]
    public void Every_action_of_others_is_pinned_by_its_commit_and_says_which_version_that_is()
    {
        var lines = WorkflowFiles.Workflows.Concat(WorkflowFiles.Actions)
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Source, file)))
            .Where(line => Regex.IsMatch(line, @"^\s*(- )?uses:"))
            .ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"uses: (\./\.github/actions/[a-z-]+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", line));
    }

    [Fact]
    public void One_action_has_one_pin() =>
        Assert.All(
            WorkflowFiles.Steps.Select(found => found.Step["uses"]?.GetValue<string>() ?? "").Where(uses => uses.Contains('@'))
                .Select(uses => uses.Split('@')).GroupBy(parts => string.Join('/', parts[0].Split('/').Take(2)), parts => parts[1]),
            pins => Assert.Single(pins.Distinct()));

    [Fact]
    public void A_workflow_has_no_permissions_and_its_jobs_have_those_that_they_use()
    {
        Assert.All(WorkflowFiles.Workflows, file => Assert.Empty(WorkflowFiles.Read(file)["permissions"]!.AsObject()));
        var all = WorkflowFiles.Jobs.ToDictionary(job => job.Name, job => Permissions(job.Job));

        Assert.Equal("checks: write, contents: read, issues: write, pull-requests: write", all["decide"]);
        Assert.Equal(
            "actions: read, checks: write, contents: read, deployments: write, id-token: write, issues: write, pull-requests: write", all["act"]);
        Assert.Equal("contents: read, id-token: write, pull-requests: read", all["find"]);
        Assert.Equal(all["act"], all["end"]);
        Assert.Equal(4, all.Count);
    }

    [Fact]
    public void Only_the_job_that_works_behind_the_protected_environment_may_take_the_role()
    {
        Assert.All(WorkflowFiles.Jobs.Where(job => Permissions(job.Job).Contains("id-token")), job => Assert.Equal("preview", job.Job["environment"]!["name"]!.GetValue<string>()));
        var roles = WorkflowFiles.Jobs.SelectMany(job => job.Job["steps"]!.AsArray().Select(step => (job.Name, Step: step!.AsObject())))
            .Where(found => found.Step["uses"]?.GetValue<string>().StartsWith("aws-actions/") == true)
            .ToDictionary(found => found.Name, found => found.Step["with"]!.AsObject());

        Assert.Equal(["act", "end", "find"], roles.Keys.Order(StringComparer.Ordinal));
        Assert.All(roles.Values, role =>
        {
            Assert.Equal("${{ vars.MAYFLY_AWS_ROLE_ARN }}", role["role-to-assume"]!.GetValue<string>());
            Assert.DoesNotContain(role, input => input.Key.Contains("key", StringComparison.Ordinal));
        });
        var look = JsonNode.Parse(roles["find"]["inline-session-policy"]!.GetValue<string>())!["Statement"]!.AsArray();
        Assert.Equal(["s3:GetObject", "s3:ListBucket", "kms:Decrypt"], Assert.Single(look)!["Action"]!.AsArray().Select(action => action!.GetValue<string>()));
        Assert.All(WorkflowFiles.Workflows.Concat(WorkflowFiles.Actions), file => Assert.DoesNotContain("secrets.", File.ReadAllText(Path.Combine(Repository.Source, file))));
    }

    [Fact]
    public void A_checkout_leaves_no_token_behind_and_takes_the_default_branch_or_the_commit_that_was_decided_on()
    {
        var checkouts = WorkflowFiles.Steps.Where(found => found.Step["uses"]?.GetValue<string>().StartsWith("actions/checkout@") == true).ToList();

        Assert.NotEmpty(checkouts);
        Assert.All(checkouts, found =>
        {
            var with = found.Step["with"]!.AsObject();
            Assert.False(with["persist-credentials"]!.GetValue<bool>());
            Assert.Contains(with["ref"]?.GetValue<string>(), (string?[])[null, "${{ needs.decide.outputs.checkout || github.sha }}"]);
            Assert.DoesNotContain("submodules", with.Select(input => input.Key));
        });
    }

    [Fact]
    public void The_program_is_built_from_the_default_branch_and_cached_before_anything_of_a_pull_request_is_there_to_run()
    {
        foreach (var job in WorkflowFiles.Jobs)
        {
            var steps = job.Job["steps"]!.AsArray().Select(step => step!.AsObject()).ToList();
            Assert.Null(steps[0]["with"]!["ref"]);
            Assert.Null(steps[0]["with"]!["path"]);
            Assert.All(steps.Skip(1).Where(step => step["uses"]?.GetValue<string>().StartsWith("actions/checkout@") == true),
                step => Assert.Equal("environment", step["with"]!["path"]!.GetValue<string>()));
        }

        var action = WorkflowFiles.Read(WorkflowFiles.Actions.Single())["runs"]!["steps"]!.AsArray().Select(step => step!.AsObject()).ToList();
        Assert.Equal("mayfly", action[^1]["id"]!.GetValue<string>());
        Assert.DoesNotContain(action, step => step["uses"]?.GetValue<string>().StartsWith("actions/cache@") == true);
    }

    [Fact]
    public void One_writer_for_an_environment_that_nothing_cancels_and_nobody_who_waits_is_pushed_out()
    {
        var groups = WorkflowFiles.Jobs.Where(job => job.Job["concurrency"] is not null).ToDictionary(job => job.Name, job => job.Job["concurrency"]!.AsObject());

        Assert.Equal(["act", "end"], groups.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("${{ needs.decide.outputs.group }}", groups["act"]["group"]!.GetValue<string>());
        Assert.Equal("mayfly-pr-${{ matrix.pr }}", groups["end"]["group"]!.GetValue<string>());
        Assert.All(groups.Values, group =>
        {
            Assert.False(group["cancel-in-progress"]!.GetValue<bool>());
            Assert.Equal("max", group["queue"]!.GetValue<string>());
        });
        Assert.All(WorkflowFiles.Workflows, file => Assert.Null(WorkflowFiles.Read(file)["concurrency"]));
    }

    private static string Permissions(JsonObject job) =>
        string.Join(", ", job["permissions"]!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}: {p.Value}"));

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.Where(pair => pair.Key != "if").SelectMany(pair => Texts(pair.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\$\{\{.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Expression();
}
