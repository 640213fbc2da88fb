using System.Text.RegularExpressions;
using Cel;

namespace Mayfly.Engine.Unblocking;

/// <summary>A write that the run may make, as far as it is known before.</summary>
/// <param name="Operation">CREATE, UPDATE, DELETE.</param>
/// <param name="Group">API group.</param>
/// <param name="Resource">The resource, in plural; null: any.</param>
/// <param name="Namespace">Where; null: in no namespace.</param>
public sealed record WriteSketch(string Operation, string Group, string? Resource, string? Namespace);

/// <summary>
/// The conditions of a webhook, against writes of which only operation, resource and namespace are known: not the objects, and not
/// who writes, since controllers do too. What depends on more is undecided, and an undecided condition keeps nobody away. Pure.
/// </summary>
/// <param name="expressions">Expressions in CEL.</param>
public sealed partial class WebhookConditions(IReadOnlyList<string> expressions)
{
    private static readonly Lazy<CelEnvironment> Language = new(() => new CelEnvironment(null, null));

    private readonly Lazy<IReadOnlyList<CelProgramDelegate>> _programs = new(() => [.. expressions.Select(Compile).OfType<CelProgramDelegate>()]);

    /// <summary>Whether the webhook may be asked about a write: unless a condition is surely false for it.</summary>
    public bool Admit(WriteSketch write)
    {
        if (_programs.Value.Count == 0)
        {
            return true;
        }

        var resource = new Dictionary<string, object?> { ["group"] = write.Group };
        if (write.Resource is not null)
        {
            resource["resource"] = write.Resource;
        }

        var request = new Dictionary<string, object?> { ["operation"] = write.Operation, ["resource"] = resource };
        if (write.Namespace is not null)
        {
            request["namespace"] = write.Namespace;
        }

        var variables = new Dictionary<string, object?> { ["request"] = request };
        return !_programs.Value.Any(program => IsFalse(program, variables));
    }

    // A part that is not known is no part of the variables, so that an expression whose value hangs on it has none.
    private static bool IsFalse(CelProgramDelegate program, Dictionary<string, object?> variables)
    {
        try
        {
            return program(variables) is false;
        }
        catch (CelException)
        {
            return false;
        }
    }

    private static CelProgramDelegate? Compile(string expression)
    {
        if (AsksForPresence().IsMatch(expression))
        {
            return null;
        }

        try
        {
            return Language.Value.Compile(expression);
        }
        catch (CelException)
        {
            return null;
        }
    }

    // To ask whether something is there is the one question that what is not known would answer with no.
    [GeneratedRegex(@"\bhas\s*\(|\bin\s+request(?:\.resource)?(?![.\w\[])|\.\?|\[\s*\?|\boptional\b")]
    private static partial Regex AsksForPresence();
}
