using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Events;

/// <summary>Takes secret values out of an event's texts. Names that the engine itself gives stay as they are.</summary>
internal static class EventRedaction
{
    public static RunEvent Of(RunEvent happened, Redactor redactor) => happened switch
    {
        ToolLine line => line with { Line = redactor.Redact(line.Line) },
        ResourceChanged resource => resource with { Address = redactor.Redact(resource.Address) },
        Planned planned => planned with { Actions = [.. planned.Actions.Select(action => action with { Address = redactor.Redact(action.Address) })] },
        Noticed notice => notice with { Message = redactor.Redact(notice.Message) },
        Adopted adopted => adopted with { Address = redactor.Redact(adopted.Address), ImportId = redactor.Redact(adopted.ImportId) },
        Pruned pruned => pruned with { Address = redactor.Redact(pruned.Address), Why = redactor.Redact(pruned.Why) },
        Remedied remedy => remedy with { Target = redactor.Redact(remedy.Target), What = redactor.Redact(remedy.What) },
        VerdictReached verdict => verdict with { Failure = Of(verdict.Failure, redactor) },
        StageFinished finished => finished with { Detail = redactor.Redact(finished.Detail) },
        Diagnosed found => found with { Summary = redactor.Redact(found.Summary), Detail = redactor.Redact(found.Detail) },
        Warned warned => warned with { Message = redactor.Redact(warned.Message) },
        RunFinished { Failure: { } failure } finished => finished with { Failure = Of(failure, redactor) },
        _ => happened,
    };

    private static Failure Of(Failure failure, Redactor redactor) => failure with
    {
        Summary = redactor.Redact(failure.Summary),
        Remedy = redactor.Redact(failure.Remedy),
        Next = [.. failure.Next.Select(redactor.Redact)],
        Evidence = [.. failure.Evidence.Select(redactor.Redact)],
        Tried = [.. failure.Tried.Select(redactor.Redact)],
        Extract = failure.Extract.ToDictionary(pair => pair.Key, pair => redactor.Redact(pair.Value)),
    };
}
