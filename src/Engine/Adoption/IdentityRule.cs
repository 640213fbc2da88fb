namespace Mayfly.Engine.Adoption;

/// <summary>How a planned resource of a type is looked for, and by which id it is imported. A row of <c>identity-rules.yaml</c>.</summary>
/// <param name="Types">The Terraform resource types.</param>
/// <param name="Service">The service to ask: a key of <see cref="AwsQuestions"/>, or <c>kubernetes</c>.</param>
/// <param name="Operation">The operation, by the API's name.</param>
/// <param name="Items">Path in the reply to what was asked for; nothing there: not found.</param>
/// <param name="Owned">Path to the tags, or <c>name</c>, <c>parent</c>, <c>cluster</c>: how it is known whose it is.</param>
/// <param name="ImportId">Template of the import id.</param>
public sealed record IdentityRule(
    IReadOnlyList<string> Types, string Service, string Operation, string Items, string Owned, string ImportId)
{
    /// <summary>The service whose questions go to the cluster's API.</summary>
    public const string Kubernetes = "kubernetes";

    public const string ByName = "name";
    public const string ByParent = "parent";
    public const string ByCluster = "cluster";

    /// <summary>Template of the path, for REST services and Kubernetes; may hold a query.</summary>
    public string? Path { get; init; }

    /// <summary>Parameters: a tree whose strings are templates.</summary>
    public IReadOnlyDictionary<string, object?> Input { get; init; } = new Dictionary<string, object?>();

    /// <summary>What an item has to have to be the one that is meant: path to template.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>True: asked for by the owner tag and the planned name tag, since its id cannot be known before.</summary>
    public bool Tagged { get; init; }

    /// <summary>True: <see cref="Items"/> only says that it is there; the reply itself is the item.</summary>
    public bool IsReply { get; init; }

    /// <summary>True: several answers are one thing (revisions of a release).</summary>
    public bool TakesFirst { get; init; }

    /// <summary>An error code that means: there, and without tags.</summary>
    public string? AbsentIsPresent { get; init; }

    /// <summary>Path of a mark that it is scheduled for deletion; such a thing is restored before it is adopted.</summary>
    public string? DeletionMark { get; init; }

    /// <summary>True: the name alone decides, whatever the tags say. For rules that a user adds.</summary>
    public bool NameIsOwn { get; init; }
}
