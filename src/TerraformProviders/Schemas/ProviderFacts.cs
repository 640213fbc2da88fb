using System.Collections.Concurrent;
using System.IO.Compression;
using Google.Protobuf;
using Mayfly.TerraformProviders.Protocol.Messages;

namespace Mayfly.TerraformProviders.Schemas;

/// <summary>
/// What the real provider's schemas state, from a file that <c>tools/SchemaFacts</c> makes. The file is the protocol's
/// own answer to the question for all schemas, compressed: it is passed on as it is, and a single type is read out of
/// it when it is first used.
/// </summary>
public sealed class ProviderFacts
{
    private const int ProviderField = 1;
    private const int ResourceField = 2;
    private const int DataSourceField = 3;

    private readonly ConcurrentDictionary<(int Field, string Name), TypeSchema> parsed = new();
    private readonly Dictionary<(int Field, string Name), ReadOnlyMemory<byte>> schemas = [];

    private ProviderFacts(byte[] response)
    {
        Response = response;
        Index(response);
    }

    /// <summary>The serialised answer with all schemas.</summary>
    public ReadOnlyMemory<byte> Response { get; }

    /// <summary>The provider block.</summary>
    public TypeSchema Provider => Find(ProviderField, "") ?? throw new InvalidDataException("The facts lack the provider's own block.");

    /// <summary>The names of all resource types.</summary>
    public IEnumerable<string> Resources => Names(ResourceField);

    /// <summary>The names of all data sources.</summary>
    public IEnumerable<string> DataSources => Names(DataSourceField);

    /// <summary>Loads the facts of a provider that come with the program.</summary>
    public static ProviderFacts Load(string provider)
    {
        using var stream = typeof(ProviderFacts).Assembly.GetManifestResourceStream($"{provider}.facts")
            ?? throw new FileNotFoundException($"There are no facts of the provider {provider}.");
        using var plain = new BrotliStream(stream, CompressionMode.Decompress);
        using var buffer = new MemoryStream((int)stream.Length * 24);
        plain.CopyTo(buffer);
        return new ProviderFacts(buffer.ToArray());
    }

    /// <summary>A resource type's schema, or null.</summary>
    public TypeSchema? Resource(string type) => Find(ResourceField, type);

    /// <summary>A data source's schema, or null.</summary>
    public TypeSchema? DataSource(string type) => Find(DataSourceField, type);

    private TypeSchema? Find(int field, string name) => schemas.TryGetValue((field, name), out var bytes)
        ? parsed.GetOrAdd((field, name), key => new TypeSchema(key.Name, Schema.Parser.ParseFrom(bytes.Span)))
        : null;

    private IEnumerable<string> Names(int field) => schemas.Keys.Where(key => key.Field == field).Select(key => key.Name);

    // Only the outermost fields are looked at, all of them messages; a map's entry is a message of key (1) and value (2).
    private void Index(byte[] response)
    {
        for (var position = 0; position < response.Length;)
        {
            var input = new CodedInputStream(response, position, response.Length - position);
            var field = WireFormat.GetTagFieldNumber(input.ReadTag());
            var length = input.ReadLength();
            var start = (int)input.Position;
            if (field == ProviderField)
            {
                schemas[(field, "")] = response.AsMemory(start, length);
            }
            else if (field is ResourceField or DataSourceField)
            {
                input.ReadTag();
                var name = input.ReadString();
                input.ReadTag();
                var size = input.ReadLength();
                schemas[(field, name)] = response.AsMemory((int)input.Position, size);
            }

            position = start + length;
        }
    }
}
