using Mayfly.Cli.Rendering;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tests.Cli;

public sealed class WorkflowMasksTests
{
    private static string Masks(string inWorkflow, Action<Redactor> act)
    {
        using var log = new StringWriter { NewLine = "\n" };
        act(new Redactor { Learned = WorkflowMasks.For(log, name => name == "GITHUB_ACTIONS" ? inWorkflow : null) });
        return log.ToString();
    }

    [Fact]
    public void A_workflow_is_told_each_value_once_and_escaped() =>
        Assert.Equal("::add-mask::a-100%25-secret\n", Masks("true", redactor =>
        {
            redactor.Learn("a-100%-secret");
            redactor.Learn("a-100%-secret");
        }));

    [Fact]
    public void A_value_of_several_lines_is_masked_line_by_line() =>
        Assert.Equal("::add-mask::first-line\n::add-mask::second-line\n", Masks("true", redactor => redactor.Learn("first-line\nsecond-line")));

    [Fact]
    public void The_parts_of_a_JSON_value_are_masked_too() =>
        Assert.Contains("::add-mask::within-json\n", Masks("true", redactor => redactor.Learn("{\"key\":\"within-json\"}")), StringComparison.Ordinal);

    [Fact]
    public void Outside_a_workflow_no_value_is_shown() => Assert.Equal("", Masks("", redactor => redactor.Learn("a-secret-value")));

    [Fact]
    public void What_stands_openly_in_the_configuration_is_not_masked() => Assert.Equal("", Masks("true", redactor =>
    {
        redactor.Spare("us-east-1");
        redactor.Learn("us-east-1");
    }));
}
