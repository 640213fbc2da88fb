using System.Globalization;
using System.Net;
using System.Text;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

namespace Mayfly.LocalCloud.Edge.Dns;

/// <summary>Reads names and values as Route 53 writes them.</summary>
internal static class RecordText
{
    /// <summary>A name; <c>\052.example.com.</c> is <c>*.example.com</c>. Null when it is none.</summary>
    public static DomainName? Name(string text)
    {
        var plain = text.TrimEnd('.').Replace(@"\052", "*", StringComparison.Ordinal);
        return DomainName.TryParse(plain, out var name) ? name : null;
    }

    /// <summary>The type of that name; null when this server does not serve it.</summary>
    public static RecordType? Type(string text) => text switch
    {
        "A" => RecordType.A,
        "AAAA" => RecordType.Aaaa,
        "CNAME" => RecordType.CName,
        "TXT" => RecordType.Txt,
        "NS" => RecordType.Ns,
        "SOA" => RecordType.Soa,
        "MX" => RecordType.Mx,
        _ => null,
    };

    /// <summary>One record; null when the value is not of that type's form.</summary>
    public static DnsRecordBase? Record(DomainName name, RecordType type, int ttl, string value)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (type)
        {
            case RecordType.A when IPAddress.TryParse(value, out var address):
                return new ARecord(name, ttl, address);
            case RecordType.Aaaa when IPAddress.TryParse(value, out var address):
                return new AaaaRecord(name, ttl, address);
            case RecordType.CName when Name(value) is { } canonical:
                return new CNameRecord(name, ttl, canonical);
            case RecordType.Ns when Name(value) is { } server:
                return new NsRecord(name, ttl, server);
            case RecordType.Mx when parts.Length == 2 && ushort.TryParse(parts[0], out var preference) && Name(parts[1]) is { } exchange:
                return new MxRecord(name, ttl, preference, exchange);
            case RecordType.Txt:
                return new TxtRecord(name, ttl, Strings(value));
            case RecordType.Soa when parts.Length == 7 && Name(parts[0]) is { } master && Name(parts[1]) is { } responsible:
                var numbers = parts[2..].Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
                return new SoaRecord(name, ttl, master, responsible, (uint)numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
            default:
                return null;
        }
    }

    /// <summary>The strings of a TXT value: each in quotes, <c>\"</c> and <c>\ooo</c> escaped; a bare word is a string of its own.</summary>
    public static List<string> Strings(string value)
    {
        var strings = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        var open = false;
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            if (character == '\\' && i + 3 < value.Length && value.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                current.Append((char)Convert.ToInt32(value.Substring(i + 1, 3), 8));
                i += 3;
            }
            else if (character == '\\' && i + 1 < value.Length)
            {
                current.Append(value[++i]);
            }
            else if (character == '"')
            {
                quoted = !quoted;
                open = true;
            }
            else if (!quoted && char.IsWhiteSpace(character))
            {
                End();
            }
            else
            {
                current.Append(character);
                open = true;
            }
        }

        End();
        return strings;

        void End()
        {
            if (open)
            {
                strings.Add(current.ToString());
                current.Clear();
                open = false;
            }
        }
    }
}
