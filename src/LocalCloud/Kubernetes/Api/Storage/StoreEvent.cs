namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What happened to an object.</summary>
internal enum StoreChange
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It has a new value.</summary>
    Modified,

    /// <summary>It is gone; the object is its last state, at the revision of the deletion.</summary>
    Deleted,
}

/// <summary>One change of one object.</summary>
internal sealed record StoreEvent(StoreChange Change, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}
