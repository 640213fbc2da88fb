using System.Text;
using System.Text.Json;
using CsCheck;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tests.Events;

public sealed class RedactorTests
{
    private static readonly Gen<string> Secrets = Gen.String[Gen.Char[' ', '~'], 8, 40].Where(text => text.Trim().Length >= 8);

    [Fact]
    public void No_form_of_a_known_value_survives() =>
        Gen.Select(Secrets, Gen.String[Gen.Char["ab \n"], 0, 5], Gen.String[Gen.Char["ab \n"], 0, 5]).Sample((secret, before, after) =>
        {
            var redactor = new Redactor();
            redactor.Learn(secret);

            Assert.DoesNotContain(secret, redactor.Redact(before + secret + after), StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(secret), redactor.Redact(before + Uri.EscapeDataString(secret) + after), StringComparison.Ordinal);
            var json = JsonSerializer.Serialize(new { secret });
            Assert.DoesNotContain(secret, JsonDocument.Parse(redactor.Redact(json)).RootElement.GetProperty("secret").GetString(), StringComparison.Ordinal);
        });

    [Fact]
    public void A_value_inside_of_longer_base64_is_found_wherever_it_starts() =>
        Gen.Select(Secrets, Gen.String[Gen.Char["abc"], 0, 9], Gen.String[Gen.Char["abc"], 0, 9]).Sample((secret, before, after) =>
        {
            var redactor = new Redactor();
            redactor.Learn(secret);
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + secret + after));

            Assert.Contains(Redactor.Mark, redactor.Redact($"data: {encoded}"), StringComparison.Ordinal);
        });

    [Fact]
    public void Other_texts_stay_as_they_are() =>
        Gen.Select(Secrets, Gen.String[Gen.Char['à', 'ÿ'], 0, 30]).Sample((secret, text) =>
        {
            var redactor = new Redactor();
            redactor.Learn(secret);

            Assert.Equal(text, redactor.Redact(text));
        });

    [Fact]
    public void The_parts_of_an_object_and_the_lines_of_a_key_are_secrets_too()
    {
        var redactor = new Redactor();
        redactor.Learn("""{"user":"somebody-long","nested":{"password":"hunter2hunter2"}}""");
        redactor.Learn("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n");

        Assert.Equal("[secret] and [secret]", redactor.Redact("somebody-long and hunter2hunter2"));
        Assert.Equal("line [secret]", redactor.Redact("line MIIEvQIBADANBgkq"));
    }

    [Fact]
    public void Short_words_are_left_in_peace()
    {
        var redactor = new Redactor();
        redactor.Learn("true");
        redactor.Learn("5432");

        Assert.Equal("it is true that 5432 is a port", redactor.Redact("it is true that 5432 is a port"));
    }
}
