using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Mayfly.Engine.Events;
using Mayfly.Engine.Explanation.Bundles;

namespace Mayfly.Engine.Tests.Explanation;

/// <summary>What is taken out of a bundle, and what is left in.</summary>
public sealed class ScrubberTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [InlineData("postgres://app:hunter2-and-more@db:5432/app", "hunter2")]
    [InlineData("starting with --db-password=hunter2-and-more --port 80", "hunter2")]
    [InlineData("connecting, password: hunter2-and-more", "hunter2")]
    [InlineData("  client_secret: hunter2-and-more", "hunter2")]
    [InlineData("AWS_SECRET_ACCESS_KEY=hunter2/and+more", "hunter2")]
    [InlineData("{\"apiKey\":\"hunter2-and-more\"}", "hunter2")]
    [InlineData("Authorization: Bearer hunter2-and-more", "hunter2")]
    [InlineData("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl was refused", "eyJ")]
    [InlineData("ghp_0123456789abcdefghijhunter2hunter2xx", "hunter2")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----", "hunter2")]
    public void What_looks_like_a_secret_is_taken_out(string text, string secret)
    {
        var scrubbed = new Scrubber(_redactor).Text(text);

        Assert.DoesNotContain(secret, scrubbed, StringComparison.Ordinal);
        Assert.Contains(Redactor.Mark, scrubbed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExternalSecret pr-42-aws-client-secret: Ready is True")]
    [InlineData("      - { name: DB_PASSWORD, from: \"generate:password\" }")]
    [InlineData("the password is wrong")]
    [InlineData("https://user@host/path?query=1")]
    [InlineData("secret_store: aws-secrets-manager")]
    [InlineData("\"secretKeyRef\": { \"name\": \"db\", \"key\": \"password\" }")]
    public void What_people_have_to_read_stays(string text) => Assert.Equal(text, new Scrubber(_redactor).Text(text));

    [Fact]
    public void Objects_lose_secret_data_secret_variables_and_what_repeats_them_and_keep_the_rest()
    {
        var node = JsonNode.Parse("""
            [{ "kind": "Secret", "metadata": { "name": "db", "managedFields": [1], "annotations": {
                 "kubectl.kubernetes.io/last-applied-configuration": "{hunter2}", "a": "b" } }, "data": { "DB_PASSWORD": "aHVudGVyMg==" } },
             { "kind": "Pod", "spec": { "containers": [{ "name": "web", "args": ["hunter2-in-an-argument"], "env": [
                 { "name": "DB_PASSWORD", "value": "hunter2-in-an-argument" }, { "name": "PORT", "value": "8080" },
                 { "name": "SESSION_KEY", "valueFrom": { "secretKeyRef": { "name": "app", "key": "SESSION_KEY" } } }] }] } },
             { "kind": "ConfigMap", "data": { "api-token": "hunter2-of-the-map", "greeting": "hello" } }]
            """);

        var scrubbed = new Scrubber(_redactor).Json(node);

        Assert.DoesNotContain("hunter2", scrubbed, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVudGVyMg", scrubbed, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", scrubbed, StringComparison.Ordinal);
        Assert.All(["DB_PASSWORD", "8080", "\"key\": \"SESSION_KEY\"", "hello", "\"a\": \"b\""], kept => Assert.Contains(kept, scrubbed, StringComparison.Ordinal));
    }

    [Fact]
    public void A_known_value_is_in_no_form_in_any_text() => Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 8, 30], Gen.String, Gen.String).Sample((secret, before, after) =>
    {
        var redactor = new Redactor();
        redactor.Learn(secret);
        var scrubber = new Scrubber(redactor);
        foreach (var form in new[] { secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) })
        {
            Assert.DoesNotContain(form, scrubber.Text($"{before} {form} {after}"), StringComparison.Ordinal);
        }
    }, iter: 200);

    [Theory]
    [InlineData("DB_PASSWORD", true)]
    [InlineData("sessionToken", true)]
    [InlineData("SESSION_KEY", true)]
    [InlineData("github.token", true)]
    [InlineData("KEYBOARD", false)]
    [InlineData("MONKEY", false)]
    [InlineData("PORT", false)]
    public void A_name_tells_whether_its_value_is_secret(string name, bool secret) => Assert.Equal(secret, Scrubber.IsSecretName(name));
}
