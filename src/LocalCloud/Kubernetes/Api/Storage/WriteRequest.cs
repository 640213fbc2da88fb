namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The circumstances of a write.</summary>
internal sealed record WriteRequest(ResourceType Type, string Namespace, string Name, string Subresource,
    UserInfo User, string Manager)
{
    public bool DryRun { get; init; }

    /// <summary>What the client is to be warned of.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Set when the store has changed.</summary>
    public bool Wrote { get; set; }

    /// <summary>The manager's entry, by operation.</summary>
    public ManagerEntry Entry(string operation, string now) =>
        new(Manager, operation, Type.ApiVersion, Subresource, now, FieldSet.Empty);
}
