using System.Text.Json;
using System.Text.RegularExpressions;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Secrets;

/// <summary>Checks a value against the rule of its key.</summary>
public static class SecretRule
{
    // A pattern of the configuration meets a value of unknown size; it must not hang a run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with a value, without telling it; null when it satisfies the rule.</summary>
    public static string? Flaw(SecretKeySettings key, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return value is null ? "has no value" : "is empty";
        }

        if (key.Pattern is { } pattern && !Matches(pattern, value))
        {
            return $"does not match {pattern}";
        }

        return key.Json && !IsJson(value) ? "is no JSON" : null;
    }

    private static bool Matches(string pattern, string value)
    {
        try
        {
            return Regex.Match(value, $"^(?:{pattern})$", RegexOptions.CultureInvariant, Patience) is { Success: true } match && match.Length == value.Length;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool IsJson(string value)
    {
        try
        {
            JsonDocument.Parse(value).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
