using CsCheck;
using Mayfly.GitHub.Decisions;

namespace Mayfly.GitHub.Tests.Decisions;

/// <summary>Reading what people write.</summary>
public sealed class PreviewCommandTests
{
    [Theory]
    [InlineData("/preview up", PreviewVerb.Up)]
    [InlineData("/preview DOWN", PreviewVerb.Down)]
    [InlineData("  /preview   redeploy  ", PreviewVerb.Redeploy)]
    [InlineData("Thanks!\r\n\r\n/preview explain\r\nbye", PreviewVerb.Explain)]
    [InlineData("/preview sleep", PreviewVerb.Sleep)]
    [InlineData("/preview wake", PreviewVerb.Wake)]
    [InlineData("/preview help", PreviewVerb.Help)]
    [InlineData("/preview", PreviewVerb.Help)]
    public void A_line_that_begins_with_the_word_is_a_command(string comment, PreviewVerb verb) =>
        Assert.Equal(new PreviewCommand(verb), PreviewCommand.TryParse(comment));

    [Theory]
    [InlineData("")]
    [InlineData("see /preview up")]
    [InlineData("> /preview up")]
    [InlineData("/previews up")]
    [InlineData("/preview-up")]
    [InlineData("preview up")]
    public void Other_lines_are_none(string comment) => Assert.Null(PreviewCommand.TryParse(comment));

    [Fact]
    public void Extend_takes_a_length_of_time()
    {
        Assert.Equal(TimeSpan.FromHours(24), PreviewCommand.TryParse("/preview extend 24h")!.Length);
        Assert.NotNull(PreviewCommand.TryParse("/preview extend")!.Flaw);
        Assert.NotNull(PreviewCommand.TryParse("/preview extend 0h")!.Flaw);
        Assert.NotNull(PreviewCommand.TryParse("/preview extend 1000h")!.Flaw);
        Assert.NotNull(PreviewCommand.TryParse("/preview extend soon")!.Flaw);
    }

    [Fact]
    public void A_word_that_is_none_and_too_many_words_are_flaws()
    {
        Assert.NotNull(PreviewCommand.TryParse("/preview destroy")!.Flaw);
        Assert.NotNull(PreviewCommand.TryParse("/preview down now")!.Flaw);
        Assert.NotNull(PreviewCommand.TryParse("/preview up 123")!.Flaw);
    }

    [Fact]
    public void No_comment_breaks_the_reading_and_no_flaw_repeats_it() =>
        Gen.String.Sample(text =>
        {
            var command = PreviewCommand.TryParse($"/preview {text}");
            Assert.True(command?.Flaw is null || text.Trim().Length < 8 || !command.Flaw.Contains(text.Trim(), StringComparison.Ordinal));
        });
}
