using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One resource in one version of its group: what a path such as <c>/apis/apps/v1/deployments</c> stands for.</summary>
internal sealed record ResourceType
{
    public static readonly string[] AllVerbs =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public string Singular { get; init; } = "";

    public bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    public required Schema Schema { get; init; }

    public bool HasStatus { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>Subresources besides status and scale: name, kind, verbs.</summary>
    public IReadOnlyList<(string Name, string Kind, string Verb, string Group,
        string Version)> Subresources
    { get; init; } = [];

    /// <summary>The objects' home in the store; versions of one resource share it.</summary>
    public required string Storage { get; init; }

    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>The custom resource definition behind it; null for a built-in type.</summary>
    public JsonObject? Definition { get; init; }

    /// <summary>Between this version and the stored one, where they differ in more than the name of the version.</summary>
    public Func<JsonObject, JsonObject>? FromStored { get; init; }

    /// <inheritdoc cref="FromStored"/>
    public Func<JsonObject, JsonObject>? ToStored { get; init; }

    public bool IsCustom => Definition is not null;

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string ListKind => IsCustom && Definition.Text("spec", "names", "listKind") is { } kind ? kind
        : Kind + "List";

    /// <summary><c>deployments.apps</c>, as error texts name it.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>An object as this version shows it.</summary>
    public JsonObject Present(JsonObject stored)
    {
        if (FromStored is not null)
        {
            return FromStored(stored);
        }

        if (!IsCustom || stored.Text("apiVersion") == ApiVersion)
        {
            return stored;
        }

        var copy = stored.Copy();
        copy["apiVersion"] = ApiVersion;
        return copy;
    }
}

/// <summary>Where the scale subresource finds its numbers.</summary>
internal sealed record ScalePaths(string[] Replicas, string[] StatusReplicas, string[]? Selector);

/// <summary>A column of what <c>kubectl get</c> prints.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Type">string, integer, date…</param>
/// <param name="Priority">0: always; 1: only in wide output.</param>
/// <param name="Value">Reads its cell off an object.</param>
internal sealed record Column(string Name, string Type, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Value)
{
    public string Description { get; init; } = "";

    public string Format { get; init; } = "";
}
