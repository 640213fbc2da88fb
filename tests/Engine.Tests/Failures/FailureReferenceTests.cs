using System.Text;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Failures;

/// <summary>docs/failures.md, written from the rules.</summary>
public sealed class FailureReferenceTests
{
    [Fact]
    public void The_reference_of_the_rules_is_current() => Repository.AssertCurrent("docs/failures.md", Text());

    private static string Text()
    {
        var text = new StringBuilder("""
            # Failures

            What Mayfly knows about outputs of Terraform, Helm, kubectl, External Secrets Operator and AWS, and what it does then.
            Written from the rules (`src/Engine/Failures/rules.yaml`); the first rule of that file that matches wins. An error that no
            rule knows has the class `unknown` and asks for a person. `mayfly classify` answers for any text; `failures:` of
            the configuration adds rules, which are tried first.

            """);
        foreach (var group in FailureRules.BuiltIn.GroupBy(rule => rule.Class).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("\n## ").Append(group.Key).Append("\n\n| rule | disposition | remedy | next |\n| --- | --- | --- | --- |\n");
            foreach (var rule in group)
            {
                text.Append("| `").Append(rule.Name).Append("` | `").Append(FailureRules.Name(rule.Disposition)).Append("` | ").Append(rule.Remedy).Append(" | ").Append(rule.Next).Append(" |\n");
            }
        }

        return text.ToString();
    }
}
