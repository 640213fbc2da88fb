namespace Mayfly.GitHubStandIn;

/// <summary>Runs of workflows.</summary>
internal sealed partial class GitHubAnswers
{
    private Answer Attempt(long run, long attempt)
    {
        if (!world.Runs.TryGetValue(run, out var status))
        {
            return Missing();
        }

        var shown = With(contract.Example("get", $"{Repo}/actions/runs/{{run_id}}/attempts/{{attempt_number}}", 200), "status", status);
        shown["id"] = run;
        shown["run_attempt"] = attempt;
        shown["conclusion"] = status == "completed" ? "cancelled" : null;
        return new Answer(200, shown);
    }
}
