using System.Text.Json.Serialization;

namespace Mayfly.Aws.ResourceGroupsTaggingAPI.Model;

public sealed record Tag(string Key, string Value);

public sealed record TagFilter(string Key, List<string> Values);

public sealed record ResourceTagMapping
{
    [JsonPropertyName("ResourceARN")]
    public string? ResourceARN { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record GetResourcesRequest
{
    public string? PaginationToken { get; init; }
    public List<TagFilter>? TagFilters { get; init; }
    public List<string>? ResourceTypeFilters { get; init; }
    public int? ResourcesPerPage { get; init; }
}

public sealed record GetResourcesResponse(List<ResourceTagMapping> ResourceTagMappingList, string? PaginationToken);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GetResourcesRequest))]
[JsonSerializable(typeof(GetResourcesResponse))]
internal sealed partial class TaggingJson : JsonSerializerContext;
