namespace Mayfly.Engine.Tools;

public sealed partial class Terraform
{
    public static IReadOnlyList<string> UnlockArguments(string id) => ["force-unlock", "-force", id];

    /// <summary>Breaks a lock. Whoever calls this has shown that its holder is dead.</summary>
    public Task<Outcome<Done>> UnlockAsync(string id, CancellationToken ct) => PlainAsync(Call(UnlockArguments(id)), ct);
}
