using CsCheck;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Tests.Environments;

public sealed class TemplateTests
{
    private static readonly Dictionary<string, string> Known = new() { ["env_id"] = "pr-42", ["cloud.charts"] = "http://charts" };

    [Theory]
    [InlineData("{env_id}-db", "pr-42-db")]
    [InlineData("{cloud.charts}/eso", "http://charts/eso")]
    [InlineData("{{\"a\": \"{env_id}\"}}", "{\"a\": \"pr-42\"}")]
    [InlineData("nothing", "nothing")]
    [InlineData("", "")]
    public void Variables_are_put_in_and_doubled_braces_are_braces(string template, string expected) =>
        Assert.Equal(expected, Template.Expand(template, Known));

    [Theory]
    [InlineData("{env-id}", "starts no variable")]
    [InlineData("{", "starts no variable")]
    [InlineData("a}", "closes nothing")]
    [InlineData("{}", "starts no variable")]
    [InlineData("{env_idd}", "did you mean '{env_id}'?")]
    [InlineData("{something}", "known are cloud.charts, env_id")]
    public void A_template_that_cannot_be_expanded_says_why(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidInputException>(() => Template.Expand(template, Known)).Problems[0]);

    [Fact]
    public void Any_text_survives_when_its_braces_are_doubled() =>
        Gen.String[Gen.Char["ab{}\n"], 0, 20].Sample(text => Assert.Equal(
            text, Template.Expand(text.Replace("{", "{{").Replace("}", "}}"), Known)));

    [Fact]
    public void A_value_is_never_read_as_a_template_again() =>
        Assert.Equal("{env_id}", Template.Expand("{x}", new Dictionary<string, string> { ["x"] = "{env_id}" }));
}
