using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.SchemaFacts;

/// <summary>Makes a provider's schemas of its package's sources.</summary>
internal sealed partial class SchemaBuilder(string provider, IReadOnlyDictionary<string, string> sources, Supplement supplement)
{
    private readonly List<string> untold = [];
    private Source source = new("");
    private string path = "";
    private int depth;

    /// <summary>Arguments of which the package does not tell the type; any value is taken.</summary>
    public IReadOnlyList<string> Untold => untold;

    // hashicorp/helm alone is written for version 6 of the protocol only, where an attribute can have attributes.
    private bool HasNestedAttributes => provider == "helm";

    /// <summary>All schemas, in order of their names.</summary>
    public SchemaResponse Build()
    {
        var response = new SchemaResponse();
        var resources = new SortedDictionary<string, Schema>(StringComparer.Ordinal);
        var data = new SortedDictionary<string, Schema>(StringComparer.Ordinal);
        foreach (var text in sources.Values)
        {
            source = new Source(text);
            if (source.Root is not { TerraformType: { } type } root)
            {
                continue;
            }

            path = root.Base == "TerraformDataSource" ? $"data.{type}" : root.Base == "TerraformProvider" ? "provider" : type;
            var schema = new Schema { Block = BlockOf(root, Source.WrittenIn(root.Text)) };
            supplement.Apply(provider, path, schema.Block);
            switch (root.Base)
            {
                case "TerraformProvider":
                    response.Provider = schema;
                    break;
                case "TerraformDataSource":
                    data[type] = schema;
                    break;
                default:
                    resources[type] = schema;
                    break;
            }
        }

        response.ResourceSchemas.Add(resources);
        response.DataSourceSchemas.Add(data);
        return response;
    }

    private Block BlockOf(SourceClass shape, IReadOnlyList<Written> written)
    {
        var block = new Block();
        depth++;
        // "alias" is Terraform's own argument, which the package adds to a provider's.
        foreach (var member in shape.Members.DistinctBy(member => member.Name).Where(member => (path, member.Name) != ("provider", "alias")))
        {
            Add(block, member, written);
        }

        depth--;
        return Sorted(block);
    }

    // A provider's blocks have no class, only an interface and the function that writes them out.
    private Block BlockOf(string interfaceName)
    {
        var block = new Block();
        foreach (var part in source.Struct(interfaceName))
        {
            var required = source.Demands(interfaceName, part.Name);
            AddWritten(block, part, new Attribute { Name = part.Name, Required = required, Optional = !required });
        }

        return Sorted(block);
    }

    private void Add(Block block, Member member, IReadOnlyList<Written> written)
    {
        var attribute = new Attribute
        {
            Name = member.Name,
            Computed = member.Computed,
            Optional = member.Optional,
            Required = member.Required,
        };
        var how = written.FirstOrDefault(one => one.Name == member.Name);
        var made = NewPattern().Match(member.Declaration);
        if (made.Success && !made.Groups[1].Value.StartsWith("cdktf.", StringComparison.Ordinal))
        {
            AddComplex(block, attribute, made.Groups[1].Value, made.Groups[2].Value == ", true", how, written);
        }
        else if (how is not null)
        {
            AddWritten(block, how, attribute);
        }
        else
        {
            AddAttribute(block, attribute, ReadOnlyType(made.Success ? made.Groups[1].Value : member.Body));
        }
    }

    private void AddComplex(
        Block block, Attribute attribute, string className, bool wrapsSet, Written? how, IReadOnlyList<Written> written)
    {
        var single = className.EndsWith("OutputReference", StringComparison.Ordinal);
        var isMap = className.EndsWith("Map", StringComparison.Ordinal);
        var elementName = single ? className : className[..^(isMap ? 3 : 4)] + "OutputReference";
        var element = source.Class(elementName) ?? throw new InvalidDataException($"{path}: there is no class {elementName}");
        var inner = BlockOf(element, source.Struct(elementName[..^"OutputReference".Length]));

        // One value is kept either on its own or as the only element of a list or set.
        var nesting = single && !element.Super.EndsWith(", 0", StringComparison.Ordinal) ? Nesting.Single
            : isMap ? Nesting.Map
            : wrapsSet || how?.Kind == "set" ? Nesting.Set
            : Nesting.List;
        if (IsBlock(attribute, how, written, single))
        {
            block.BlockTypes.Add(new NestedBlock
            {
                TypeName = attribute.Name,
                Block = inner,
                Nesting = nesting,
                MinItems = attribute.Required && nesting != Nesting.Single ? 1 : 0,
                MaxItems = single && nesting != Nesting.Single ? 1 : 0,
            });
        }
        else if (HasNestedAttributes)
        {
            attribute.NestedType = new NestedAttributes { Nesting = nesting };
            attribute.NestedType.Attributes.AddRange(inner.Attributes);
            block.Attributes.Add(attribute);
        }
        else
        {
            TfType type = TypeSchema.Of(inner);
            AddAttribute(block, attribute, nesting switch
            {
                Nesting.Single => type,
                Nesting.Map => new TfType.Map(type),
                Nesting.Set => new TfType.Set(type),
                _ => new TfType.List(type),
            });
        }
    }

    // What is computed is an attribute. Where nothing else tells, order does: attributes come first, each kind sorted.
    private bool IsBlock(Attribute attribute, Written? how, IReadOnlyList<Written> written, bool single)
    {
        if (attribute.Computed || how is null || HasNestedAttributes)
        {
            return false;
        }

        if (!single && how.Mapped is { } mapped)
        {
            return mapped;
        }

        var names = written.Select(one => one.Name).ToList();
        var at = names.IndexOf(how.Name);
        var later = written.Skip(at).TakeWhile((one, i) => i == 0 || string.CompareOrdinal(names[at + i - 1], one.Name) < 0);
        return !later.Any(one => !one.IsComplex && one.Storage != "any");
    }

    private void AddWritten(Block block, Written how, Attribute attribute)
    {
        if (how.Storage == "any" && !HasNestedAttributes && depth > 1)
        {
            // Below a nested block no attribute may be of any type. What the package leaves open here is a block in truth.
            untold.Add($"{path}: {attribute.Name}, of which only the name is kept");
            block.BlockTypes.Add(new NestedBlock { TypeName = attribute.Name, Block = new Block(), Nesting = Nesting.List, MaxItems = 1 });
            return;
        }

        if (!how.IsComplex)
        {
            AddAttribute(block, attribute, TypeOf(how, attribute.Name));
            return;
        }

        var inner = BlockOf(how.Storage.EndsWith("List", StringComparison.Ordinal) ? how.Storage[..^4] : how.Storage);
        var nesting = how.Kind switch { "set" => Nesting.Set, "list" => Nesting.List, _ => Nesting.Single };
        if (HasNestedAttributes)
        {
            attribute.NestedType = new NestedAttributes { Nesting = nesting };
            attribute.NestedType.Attributes.AddRange(inner.Attributes);
            block.Attributes.Add(attribute);
        }
        else
        {
            block.BlockTypes.Add(new NestedBlock
            {
                TypeName = attribute.Name,
                Block = inner,
                Nesting = nesting,
                MaxItems = how.Mapped is null && nesting != Nesting.Single ? 1 : 0,
            });
        }
    }

    private static void AddAttribute(Block block, Attribute attribute, TfType type)
    {
        attribute.Type = ByteString.CopyFromUtf8(TfTypes.ToJson(type).ToJsonString());
        block.Attributes.Add(attribute);
    }

    private TfType TypeOf(Written how, string name)
    {
        var innermost = PrimitivePattern().Match(how.Storage);
        var type = innermost.Groups[1].Value switch
        {
            "string" => TfType.String,
            "number" => TfType.Number,
            "boolean" => TfType.Bool,
            "any" => Any(name),
            _ => throw new InvalidDataException($"{path}.{name}: {how.Storage} is no known type"),
        };

        // "stringListList" of kind "set" is a set of lists: the kind is the outermost collection's.
        var layers = LayerPattern().Matches(innermost.Groups[2].Value).Select(match => match.Value).ToList();
        for (var i = 0; i < layers.Count; i++)
        {
            var outermost = i == layers.Count - 1;
            type = layers[i] == "Map" ? (type == TfType.Dynamic ? type : new TfType.Map(type))
                : outermost && how.Kind == "set" ? new TfType.Set(type)
                : new TfType.List(type);
        }

        return type;
    }

    private TfType ReadOnlyType(string text) => text switch
    {
        _ when text.Contains("getStringAttribute", StringComparison.Ordinal) => TfType.String,
        _ when text.Contains("getNumberAttribute", StringComparison.Ordinal) => TfType.Number,
        _ when text.Contains("getBooleanAttribute", StringComparison.Ordinal) => TfType.Bool,
        _ when text.Contains("getNumberListAttribute", StringComparison.Ordinal) => Listed(text, TfType.Number),
        _ when text.Contains("getListAttribute", StringComparison.Ordinal) => Listed(text, TfType.String),
        "cdktf.StringMap" => new TfType.Map(TfType.String),
        "cdktf.NumberMap" => new TfType.Map(TfType.Number),
        "cdktf.BooleanMap" => new TfType.Map(TfType.Bool),
        "cdktf.StringMapList" => new TfType.List(new TfType.Map(TfType.String)),
        _ => Any(text),
    };

    private static TfType Listed(string text, TfType element) =>
        text.Contains("tolist", StringComparison.Ordinal) ? new TfType.Set(element) : new TfType.List(element);

    private TfType Any(string name)
    {
        untold.Add($"{path}: {name}");
        return TfType.Dynamic;
    }

    private static Block Sorted(Block block)
    {
        var result = new Block();
        result.Attributes.AddRange(block.Attributes.OrderBy(attribute => attribute.Name, StringComparer.Ordinal));
        result.BlockTypes.AddRange(block.BlockTypes.OrderBy(nested => nested.TypeName, StringComparer.Ordinal));
        return result;
    }

    [GeneratedRegex(@"= new ([\w.]+)\(this, ""\w+""(, true|, false)?\)")]
    private static partial Regex NewPattern();

    [GeneratedRegex("^(string|number|boolean|any)((?:List|Map)*)$")]
    private static partial Regex PrimitivePattern();

    [GeneratedRegex("List|Map")]
    private static partial Regex LayerPattern();
}
