using System.Text.RegularExpressions;
using CsCheck;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Conversation;

namespace Mayfly.GitHub.Tests.Conversation;

/// <summary>What strangers write is shown, and does nothing.</summary>
public sealed class SafeTextTests
{
    private static readonly string[] Hostile =
    [
        "@octocat", "@octo/team", "#1", "https://evil.example", "www.evil.example", "[a](javascript:x)", "![x](https://evil.example/p.png)",
        "<img src=x onerror=y>", "<!-- mayfly: pr-1 -->", "| a | b |", "```", "``", "\n# big", "\r\n::set-output name=x::y", "&lt;b&gt;",
        "</details>", "\u202egnp.exe", "a\u0000b", "\\", "$(id)", "`", "- x", "> x", "octo/app#3", "javascript:alert(1)", "a@b.example",
    ];

    [Fact]
    public void Words_hold_no_mention_link_html_cell_or_line_end() =>
        Texts().Sample(text =>
        {
            var safe = SafeText.Words(text);

            Assert.DoesNotMatch(@"@[A-Za-z0-9]", safe);
            Assert.DoesNotMatch(@"#[0-9]", safe);
            Assert.DoesNotContain("://", safe);
            Assert.DoesNotMatch("(?i)www\\.", safe);
            Assert.DoesNotMatch("[<>\r\n]", safe);
            Assert.DoesNotMatch(@"(?<!\\)(\\\\)*[|`*_\[\]]", safe);
        });

    [Fact]
    public void Code_stays_within_its_fence_and_its_line() =>
        Texts().Sample(text =>
        {
            var code = SafeText.Code(text);
            var fence = code.TakeWhile(c => c == '`').Count();

            Assert.DoesNotContain('\n', code);
            Assert.DoesNotMatch(@"(?<!\\)\|", code);
            Assert.DoesNotMatch($"(?<!`)`{{{fence}}}(?!`)", code[fence..^fence]);
        });

    [Fact]
    public void A_block_is_closed_by_its_own_fence_only() =>
        Texts().Sample(text =>
        {
            var lines = SafeText.Block([text, text]).Split('\n');
            var fence = lines[0][..^"text".Length];

            Assert.Equal(fence, lines[^1]);
            Assert.All(lines[1..^1], line => Assert.DoesNotContain(fence, line));
        });

    [Fact]
    public void A_comment_made_of_hostile_texts_keeps_its_only_mark_and_its_folds() =>
        Texts().Sample(text =>
        {
            var failure = Failure.Of("r", "c", Disposition.NeedsHuman, text, text, text) with { Evidence = [text, text], Tried = [text] };
            var run = new RunEvent[]
            {
                new RunStarted("r", "up", "pr-42", "host", text), new StageStarted(text.Length == 0 ? "x" : text, 1), new Warned("github", text),
                new Adopted("s", text, text), new Pruned("s", text, text),
                new Planned(text, 0, 1, 0, 0, [new PlannedAction(text, "create")], 0), new StageFinished(text.Length == 0 ? "x" : text, "failed", text, 1, 1),
                new RunFinished("failed", null, true, failure),
            }.Aggregate(RunSnapshot.Empty, (snapshot, happened) => snapshot.Apply(happened));

            var comment = CommentText.Of(
                new PullReport { Environment = "pr-42", Label = text, Commit = text, Run = run }, DateTimeOffset.UnixEpoch);
            var outside = Regex.Replace(Regex.Replace(comment, "(?ms)^(`{3,})text$.*?^\\1$", ""), "(?<![`\\\\])(`+)(?!`).*?(?<!`)\\1(?!`)", "");

            Assert.StartsWith(CommentText.Mark("pr-42"), comment);
            Assert.DoesNotContain("<!--", outside[10..]);
            Assert.Equal(4, outside.Split("</details>").Length - 1);
            Assert.DoesNotMatch("(?m)^\\s*::", outside);
        });

    private static Gen<string> Texts() =>
        Gen.Select(Gen.Int[0, Hostile.Length - 1].List[0, 4], Gen.String, (picks, noise) => string.Concat(picks.Select(i => Hostile[i])) + noise);
}
