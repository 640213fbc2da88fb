using System.Text;
using System.Text.Json;
using CsCheck;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Tests.Payloads;

/// <summary>GitHub's own example payloads, and what is none.</summary>
public sealed class ExamplePayloadTests
{
    [Fact]
    public void All_29_pull_request_examples_are_read_and_decided()
    {
        var examples = Examples("pull_request");

        Assert.Equal(29, examples.Count);
        foreach (var example in examples)
        {
            var payload = Read("pull_request", example);

            Assert.Equal(example.GetProperty("action").GetString(), payload.Action);
            Assert.Equal(example.GetProperty("number").GetInt32(), payload.Number);
            Assert.Equal(example.GetProperty("sender").GetProperty("login").GetString(), payload.Sender!.Login);
            var shown = example.GetProperty("pull_request");
            var pull = payload.Pull!;
            Assert.Equal(shown.GetProperty("head").GetProperty("sha").GetString(), pull.HeadCommit);
            Assert.Equal(shown.GetProperty("head").GetProperty("ref").GetString(), pull.HeadBranch);
            Assert.Equal(shown.GetProperty("state").GetString() == "open", pull.IsOpen);
            Assert.Equal(shown.GetProperty("labels").GetArrayLength(), pull.Labels.Count);
            Assert.Equal(shown.GetProperty("user").GetProperty("login").GetString(), pull.Author!.Login);
            var decision = Decider.Decide(payload, Facts.None, "preview");
            Assert.Equal(!pull.IsOpen, decision is Decision.TearDown);
        }
    }

    [Fact]
    public void All_9_issue_comment_examples_are_read_and_ask_for_nothing()
    {
        var examples = Examples("issue_comment");

        Assert.Equal(9, examples.Count);
        foreach (var example in examples)
        {
            var payload = Read("issue_comment", example);

            Assert.Equal(example.GetProperty("comment").GetProperty("body").GetString(), payload.Comment!.Body);
            Assert.Equal(example.GetProperty("comment").GetProperty("id").GetInt64(), payload.Comment.Id);
            Assert.Equal(example.GetProperty("issue").TryGetProperty("pull_request", out _), payload.Number is not null);
            Assert.IsType<Decision.Nothing>(Decider.Decide(payload, new Facts(null, true), "preview"));
        }
    }

    [Fact]
    public void Examples_of_every_other_event_are_read_and_ask_for_nothing()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(GitHubFiles.Webhooks));
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            var name = entry.GetProperty("name").GetString()!;
            foreach (var example in entry.GetProperty("examples").EnumerateArray())
            {
                var payload = Read(name, example);

                if (name is not ("pull_request" or "issue_comment" or "workflow_dispatch"))
                {
                    Assert.IsType<Decision.Nothing>(Decider.Decide(payload, Facts.None, "preview"));
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    public void What_is_no_object_is_no_payload(string text) =>
        Assert.Null(PayloadReader.TryRead("pull_request", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_payload_that_lost_or_changed_any_part_is_still_decided()
    {
        var examples = Examples("pull_request").Concat(Examples("issue_comment")).Select(example => example.GetRawText()).ToList();
        var word = OneOf("null", "1", "true", "[]", "{}", "\"\"", "\"x\"", "-1", "1e400", "99999999999999999999");

        // Any value, anywhere, is replaced by any other.
        Gen.Select(OneOf([.. examples]), Gen.Double.Unit, word).Sample((text, place, other) =>
        {
            var colons = Enumerable.Range(0, text.Length - 1).Where(i => text[i] == ':' && text[i - 1] == '"').ToList();
            var from = colons[(int)(place * (colons.Count - 1))] + 1;
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[from..]), isFinalBlock: false, default);
            reader.Read();
            Assert.True(reader.TrySkip());
            var changed = text[..from] + other + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[from..])[(int)reader.BytesConsumed..]);

            foreach (var name in (string[])["pull_request", "issue_comment", "workflow_dispatch"])
            {
                var payload = PayloadReader.TryRead(name, Encoding.UTF8.GetBytes(changed));
                if (payload is not null)
                {
                    Assert.NotEmpty(Decider.Decide(payload, Facts.None, "preview").Because);
                }
            }
        }, iter: 300);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static EventPayload Read(string name, JsonElement example)
    {
        var payload = PayloadReader.TryRead(name, Encoding.UTF8.GetBytes(example.GetRawText()));
        Assert.NotNull(payload);
        return payload;
    }

    private static IReadOnlyList<JsonElement> Examples(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(GitHubFiles.Webhooks));
        return [.. document.RootElement.EnumerateArray()
            .Single(entry => entry.GetProperty("name").GetString() == name)
            .GetProperty("examples").EnumerateArray().Select(example => example.Clone())];
    }
}
