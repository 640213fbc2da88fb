using System.Globalization;
using System.Xml.Linq;

namespace Mayfly.Aws.Protocols;

/// <summary>Reads AWS's XML. Namespaces are dropped: they say only the API's version.</summary>
public static class AwsXml
{
    /// <summary>Parses a document to elements without namespaces.</summary>
    public static XElement Parse(byte[] body)
    {
        using var stream = new MemoryStream(body);
        var root = XElement.Load(stream);
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
            element.Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
        }

        return root;
    }

    /// <summary>A child's text; null when it is missing.</summary>
    public static string? Text(this XElement? element, string name) => element?.Element(name)?.Value;

    /// <summary>The children of a list, whatever AWS calls them (<c>member</c>, <c>item</c>, a type's name).</summary>
    public static IEnumerable<XElement> Items(this XElement? element, string name) => element?.Element(name)?.Elements() ?? [];

    /// <summary>The texts of a list.</summary>
    public static List<string> Texts(this XElement? element, string name) => [.. element.Items(name).Select(item => item.Value)];

    /// <summary>A child as a number.</summary>
    public static int? Int(this XElement? element, string name) =>
        int.TryParse(element.Text(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A child as a truth value.</summary>
    public static bool? Bool(this XElement? element, string name) => bool.TryParse(element.Text(name), out var value) ? value : null;

    /// <summary>A child as an instant, UTC.</summary>
    public static DateTime? Time(this XElement? element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value.UtcDateTime
            : null;
}
