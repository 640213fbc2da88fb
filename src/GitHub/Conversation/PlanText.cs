using System.Globalization;
using Mayfly.Engine.Events;

namespace Mayfly.GitHub.Conversation;

/// <summary>Terraform's plans as the comment shows them: counts, and addresses with what happens to each. Pure.</summary>
internal static class PlanText
{
    private const int LongestAddress = 300;

    /// <summary>The fold's title.</summary>
    public static string Title(IReadOnlyList<Planned> plans) => plans is [var only] ? $"terraform's plan: {Counts(only)}" : "terraform's plans";

    /// <summary>The lines, a plan after the other.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<Planned> plans) => [.. plans.SelectMany(LinesOf)];

    private static IEnumerable<string> LinesOf(Planned plan) =>
    [
        $"{plan.Stage}: {Counts(plan)}",
        .. plan.Actions.Select(action => $"  {action.Action,-7} {SafeText.Cut(action.Address, LongestAddress)}"),
        .. plan.More > 0 ? [string.Create(CultureInfo.InvariantCulture, $"  and {plan.More} more")] : Array.Empty<string>(),
    ];

    private static string Counts(Planned plan) => string.Create(
        CultureInfo.InvariantCulture, $"{plan.Import} to import, {plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy");
}
