namespace Mayfly.Engine.Leases;

/// <summary>
/// The object store beside the Terraform state: a bucket, or a directory. Keys use slashes. Writes can be made to depend on what
/// is there, which is all that a lease needs.
/// </summary>
public interface IObjectStore
{
    /// <summary>Where it is, for people: <c>s3://bucket</c> or a path.</summary>
    string Location { get; }

    /// <summary>Reads an object; null when the store says that it is not there.</summary>
    Task<StoredObject?> GetAsync(string key, CancellationToken ct);

    /// <summary>Writes an object if the condition holds; returns its new version, or null when the condition did not hold.</summary>
    Task<string?> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken ct);

    /// <summary>Deletes an object; all is well when it is not there.</summary>
    Task DeleteAsync(string key, CancellationToken ct);

    /// <summary>Removes everything that begins with a prefix, older versions of objects that are gone included; returns how much.</summary>
    /// <param name="prefix">The prefix, with its slash.</param>
    /// <param name="keep">Keys that stay.</param>
    /// <param name="ct">Cancels.</param>
    Task<int> EraseAsync(string prefix, IReadOnlySet<string> keep, CancellationToken ct);

    /// <summary>Keys that begin with a prefix.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken ct);

    /// <summary>The store's own time: ages are measured by its clock, never by ours.</summary>
    Task<DateTimeOffset> NowAsync(CancellationToken ct);

    /// <summary>Makes the bucket or directory when it does not exist; true when it had to.</summary>
    Task<bool> EnsureExistsAsync(CancellationToken ct);
}

/// <summary>An object as it was read.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Version">Changes with every write.</param>
/// <param name="Written">When it was written, by the store's clock.</param>
public sealed record StoredObject(ReadOnlyMemory<byte> Content, string Version, DateTimeOffset Written);

/// <summary>On what a write depends.</summary>
/// <param name="Version">The version that must still be there; null with <see cref="MustBeAbsent"/> false: anything.</param>
/// <param name="MustBeAbsent">True: there must be no such object.</param>
public sealed record PutCondition(string? Version, bool MustBeAbsent)
{
    /// <summary>Whatever is there.</summary>
    public static PutCondition Always { get; } = new(null, false);

    /// <summary>Only when there is no such object.</summary>
    public static PutCondition IfAbsent { get; } = new(null, true);

    /// <summary>Only when this version is still there.</summary>
    public static PutCondition IfVersion(string version) => new(version, false);
}
