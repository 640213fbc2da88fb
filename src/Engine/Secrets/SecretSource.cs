using System.Text.RegularExpressions;

namespace Mayfly.Engine.Secrets;

/// <summary>Where a missing value of a secret comes from.</summary>
public abstract partial record SecretSource
{
    private SecretSource() { }

    /// <summary>A variable of the run's environment.</summary>
    public sealed record Variable(string Name) : SecretSource;

    /// <summary>A file, relative to the configuration.</summary>
    public sealed record FromFile(string Path) : SecretSource;

    /// <summary>A key of another secret; the id is a template. Without a key, the whole text.</summary>
    public sealed record OtherSecret(string Id, string? Key) : SecretSource;

    /// <summary>A new random password of 32 letters and digits.</summary>
    public sealed record Password : SecretSource;

    /// <summary>A new private key in PEM.</summary>
    public sealed record KeyPair : SecretSource;

    /// <summary>A text that is no secret; a template.</summary>
    public sealed record Fixed(string Template) : SecretSource;

    /// <summary>Somebody has to set it.</summary>
    public sealed record Person : SecretSource;

    /// <summary>The pattern of a source, which the JSON schema states too.</summary>
    public const string Pattern = "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|secret:[^#]+(#[^#]+)?|generate:(password|keypair)|value:.*|person)$";

    /// <summary>Reads a source; null with a problem in words when it is none.</summary>
    public static SecretSource? TryParse(string text, out string? problem)
    {
        problem = null;
        if (!Written().IsMatch(text))
        {
            problem = $"'{text}' is no source; write env:NAME, file:PATH, secret:ID#KEY, generate:password, generate:keypair, value:TEXT or person";
            return null;
        }

        var rest = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return text[..Math.Max(text.IndexOf(':', StringComparison.Ordinal), 0)] switch
        {
            "env" => new Variable(rest),
            "file" => new FromFile(rest),
            "secret" => rest.Split('#') is [var id, var key] ? new OtherSecret(id, key) : new OtherSecret(rest, null),
            "generate" => rest == "password" ? new Password() : new KeyPair(),
            "value" => new Fixed(rest),
            _ => new Person(),
        };
    }

    [GeneratedRegex(Pattern, RegexOptions.Singleline)]
    private static partial Regex Written();
}
