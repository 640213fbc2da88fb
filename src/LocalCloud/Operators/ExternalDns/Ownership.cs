using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Operators.ExternalDns;

/// <summary>
/// The TXT registry: beside each record stands a TXT record that says whose it is, under the record's name with its type before it,
/// <c>cname-app.example.org</c>.
/// </summary>
internal sealed partial class Ownership(string owner, string prefix, string suffix)
{
    private static readonly string[] Types = ["a-", "aaaa-", "cname-"];

    /// <summary>Who this is.</summary>
    public string Owner => owner;

    /// <summary>The name of the TXT record beside a record.</summary>
    /// <param name="name">The record's name.</param>
    /// <param name="type">Its type; of an alias of an address record, CNAME, which it stands for.</param>
    public string TextName(string name, string type)
    {
        var dot = name.IndexOf('.');
        var first = dot < 0 ? name : name[..dot];
        return $"{prefix}{type.ToLowerInvariant()}-{first}{suffix}{(dot < 0 ? "" : name[dot..])}";
    }

    /// <summary>The record's name that a TXT record's name stands beside; the old form has no type before it.</summary>
    public string? RecordName(string textName)
    {
        var dot = textName.IndexOf('.');
        var first = dot < 0 ? textName : textName[..dot];
        if (!first.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || !first.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        first = first[prefix.Length..^suffix.Length];
        var type = Types.FirstOrDefault(type => first.StartsWith(type, StringComparison.OrdinalIgnoreCase));
        return (type is null ? first : first[type.Length..]) + (dot < 0 ? "" : textName[dot..]);
    }

    /// <summary>The value of a TXT record for what a resource wants.</summary>
    public string Text(string resource) => $"\"heritage=external-dns,external-dns/owner={owner},external-dns/resource={resource}\"";

    /// <summary>The owner that a TXT value names; null when it is none of the registry's.</summary>
    public static string? OwnerOf(string value) => OwnerForm().Match(value) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("^\"?heritage=external-dns,(?:.*,)?external-dns/owner=([^,\"]*)")]
    private static partial Regex OwnerForm();
}
