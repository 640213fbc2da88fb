using System.Text.Json;

namespace Mayfly.Engine.Tools;

/// <summary>
/// Walks a large JSON text without making a tree of it: the members of the outermost object, one after the other, and of a list only
/// one item at a time. A state of 50 MB so costs its text and no more.
/// </summary>
internal static class JsonWalk
{
    /// <summary>Does something with a member's value; the reader stands on it, and has to stand on its last token afterwards.</summary>
    public delegate void OnValue(string name, ref Utf8JsonReader reader);

    /// <summary>Does something with a list's item; where it stands in the text is given too.</summary>
    public delegate void OnItem(ref Utf8JsonReader reader);

    /// <summary>Walks the members of an object text.</summary>
    /// <exception cref="JsonException">It is no JSON, is cut off, or is no object.</exception>
    public static void Members(ReadOnlySpan<byte> json, OnValue visit)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException("an object was expected");
        }

        Members(ref reader, visit);
        while (reader.Read())
        {
            // Anything after the object makes the reader complain.
        }
    }

    /// <summary>Walks the members of the object that the reader stands on.</summary>
    public static void Members(ref Utf8JsonReader reader, OnValue visit)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            visit(name, ref reader);
        }
    }

    /// <summary>Walks the list that the reader stands on; anything else is passed over.</summary>
    public static void Items(ref Utf8JsonReader reader, OnItem visit)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            visit(ref reader);
        }
    }
}
