using Mayfly.Aws;

namespace Mayfly.Engine.Adoption;

/// <summary>What a plan would create although it exists.</summary>
/// <param name="Orphans">Things of this environment that the state does not know: to be adopted.</param>
/// <param name="Strangers">Things that stand where the plan would create, and are not this environment's: the run stops.</param>
/// <param name="Doubts">Questions without a usable answer: nothing is decided on them.</param>
public sealed record OrphanFindings(IReadOnlyList<Orphan> Orphans, IReadOnlyList<Stranger> Strangers, IReadOnlyList<Doubt> Doubts)
{
    /// <summary>True when everything that the plan would create is really absent.</summary>
    public bool IsClean => Orphans.Count + Strangers.Count + Doubts.Count == 0;
}

/// <summary>A real thing of this environment that the state does not know.</summary>
/// <param name="Address">Where the plan has it.</param>
/// <param name="ImportId">The id Terraform imports it by.</param>
/// <param name="RestoreSecret">Id of the secret that has to be restored first, because it is scheduled for deletion; null: none.</param>
public sealed record Orphan(string Address, string ImportId, string? RestoreSecret = null)
{
    /// <summary>True: nothing was asked that would show that it is there; the import itself tells.</summary>
    public bool IsGuess { get; init; }

    /// <summary>True: it is this environment's even where neither its tags nor its name say so, because a rule of the configuration does.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>A thing that is not this environment's, in the place of one that the plan would create.</summary>
/// <param name="Address">Where the plan has it.</param>
/// <param name="ImportId">What it is.</param>
/// <param name="Owner">The environment whose tag it carries; null: it carries none.</param>
public sealed record Stranger(string Address, string ImportId, string? Owner);

/// <summary>A question about a planned resource that got no usable answer.</summary>
/// <param name="Address">Where the plan has it.</param>
/// <param name="Question">What was asked: service and operation.</param>
/// <param name="Cause">Throttled, denied, no answer; null: several things answer to it.</param>
/// <param name="Matches">How many things answer to it, where that is the doubt.</param>
public sealed record Doubt(string Address, string Question, AwsException? Cause, int Matches = 0);
