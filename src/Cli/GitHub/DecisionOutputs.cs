using System.Text.Json.Nodes;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.Cli.GitHub;

/// <summary>A decision as programs read it: in the result object, and as outputs of a workflow's step. Nothing that a stranger wrote is in it.</summary>
internal sealed record DecisionOutputs(string Word, bool Acts, int? Number, string? Environment, string? Commit, string? CheckOut, string Because)
{
    // Writes nothing to the environment: it needs not wait for who does, and nobody needs wait for it.
    private bool IsAside { get; init; }

    /// <summary>Describes a decision.</summary>
    public static DecisionOutputs Of(Decision decision, EventPayload happened)
    {
        var pull = decision switch
        {
            Decision.Converge converge => converge.Pull,
            Decision.AwaitApproval waiting => waiting.Pull,
            Decision.TearDown tearDown => tearDown.Pull,
            Decision.Answer answer => answer.Pull,
            _ => null,
        };
        var number = pull?.Number ?? happened.Number;
        return new DecisionOutputs(
            Name(decision),
            decision is Decision.Converge or Decision.TearDown or Decision.Answer { Command.Verb: not PreviewVerb.Help },
            number,
            number is { } known ? $"pr-{known}" : null,
            decision is Decision.Converge or Decision.AwaitApproval ? Digits(pull?.HeadCommit) : null,
            decision is Decision.Converge wish ? Digits(wish.CheckOut) : null,
            decision.Because)
        {
            IsAside = decision is Decision.Answer { Command.Verb: PreviewVerb.Explain or PreviewVerb.Extend },
        };
    }

    /// <summary>The word for a decision.</summary>
    public static string Name(Decision decision) => decision switch
    {
        Decision.Converge => "converge",
        Decision.TearDown => "tear_down",
        Decision.Answer => "answer",
        Decision.AwaitApproval => "await_approval",
        Decision.Refuse => "refuse",
        Decision.Stale => "stale",
        _ => "nothing",
    };

    /// <summary>Fills the result object.</summary>
    public void Fill(JsonObject result)
    {
        result["decision"] = Word;
        result["acts"] = Acts;
        result["pr"] = Number;
        result["environment"] = Environment;
        result["commit"] = Commit;
        result["checkout"] = CheckOut;
        result["because"] = Because;
    }

    /// <summary>The lines of GITHUB_OUTPUT.</summary>
    /// <param name="run">The workflow's run.</param>
    public IEnumerable<string> Lines(string? run) =>
    [
        $"group={(IsAside || Environment is null ? $"mayfly-run-{run}" : $"mayfly-{Environment}")}",
        $"decision={Word}",
        $"acts={(Acts ? "true" : "false")}",
        $"pr={Number}",
        $"environment={Environment}",
        $"commit={Commit}",
        $"checkout={CheckOut}",
        $"because={Because}",
    ];

    // What GitHub calls a commit is made of digits; anything else did not come from there.
    private static string? Digits(string? commit) => commit is { Length: >= 40 and <= 64 } && commit.All(char.IsAsciiHexDigit) ? commit : null;
}
