using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Mayfly.Cli.Rendering;

namespace Mayfly.Engine.Tests.Cli;

/// <summary>Nothing that tools print and strangers write gives the runner of a workflow a command.</summary>
public sealed partial class WorkflowLogTests
{
    private static readonly string[] Pieces = [":", "::", "#", "##", "[", "]", " ", "\n", "\r", "error", "=", "a"];

    [Theory]
    [InlineData("::add-mask::x")]
    [InlineData("   \t::stop-commands::x")]
    [InlineData("all is well ##[add-mask]x")]
    [InlineData("###[error]x")]
    [InlineData("one\r::error::x")]
    [InlineData("one\u2028\u00a0::error::x")]
    public void A_text_gives_no_command_and_reads_as_before(string text)
    {
        var log = Guarded(text);

        Assert.DoesNotContain(Lines(log), line => RunnerTakes(line));
        Assert.Equal(text, log.Replace("\u200B", ""));
    }

    [Fact]
    public void No_text_in_any_pieces_gives_a_command() =>
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 30].Sample(pieces =>
        {
            var written = new StringWriter();
            using var log = new WorkflowLog(written, isJson: false);
            foreach (var piece in pieces)
            {
                log.Write(piece);
            }

            Assert.DoesNotContain(Lines(written.ToString()), line => RunnerTakes(line));
            Assert.Equal(string.Concat(pieces), written.ToString().Replace("\u200B", ""));
        });

    [Fact]
    public void A_command_of_Mayflys_own_comes_through_on_a_line_of_its_own_whatever_its_values_are()
    {
        var written = new StringWriter { NewLine = "\n" };
        using var log = new WorkflowLog(written, isJson: false);
        log.Write("half a line");
        WorkflowLog.Command(log, "error", "50% broken\n::add-mask::x", ("file", "infra/a,b.tf"), ("title", "Error: x"));
        log.WriteLine("::error::not this one");

        Assert.Equal("half a line\n::error file=infra/a%2Cb.tf,title=Error%3A x::50%25 broken%0A::add-mask::x\n\u200B::error::not this one\n", written.ToString());
    }

    [Fact]
    public void JSON_stays_the_same_JSON()
    {
        var line = new JsonObject { ["type"] = "tool_line", ["line"] = "##[error]x" }.ToJsonString();
        var written = new StringWriter();
        using var log = new WorkflowLog(written, isJson: true);
        log.WriteLine(line);

        Assert.DoesNotContain(Lines(written.ToString()), line => RunnerTakes(line));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(line), JsonNode.Parse(written.ToString())));
    }

    [Fact]
    public void Outside_a_workflow_nothing_is_changed()
    {
        var writer = new StringWriter();
        Assert.Same(writer, WorkflowLog.Over(writer, isJson: false, _ => null));
        Assert.IsType<WorkflowLog>(WorkflowLog.Over(writer, isJson: false, name => name == "GITHUB_ACTIONS" ? "true" : null));
    }

    private static string Guarded(string text)
    {
        var written = new StringWriter();
        using var log = new WorkflowLog(written, isJson: false);
        log.Write(text);
        return written.ToString();
    }

    private static string[] Lines(string text) => text.Split(['\n', '\r']);

    private static bool RunnerTakes(string line) => line.TrimStart().StartsWith("::", StringComparison.Ordinal) || Old().IsMatch(line);

    [GeneratedRegex(@"##\[")]
    private static partial Regex Old();
}
