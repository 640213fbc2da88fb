using System.Text.Json;

namespace Mayfly.Engine.Tools;

public sealed partial class Terraform
{
    public static IReadOnlyList<string> StatePullArguments() => ["state", "pull"];

    public static IReadOnlyList<string> StatePushArguments() => ["state", "push", "-lock-timeout=30s", "-"];

    public static IReadOnlyList<string> StateListArguments() => ["state", "list"];

    public static IReadOnlyList<string> StateRemoveArguments(IEnumerable<string> addresses) =>
        ["state", "rm", "-lock-timeout=30s", .. addresses];

    /// <summary>Reads the state; an empty one when there is none yet.</summary>
    public async Task<Outcome<TerraformState>> StatePullAsync(CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(StatePullArguments()) with { Capture = true }, ct);
        if (result.ExitCode != 0)
        {
            return Classify(result.TailText);
        }

        try
        {
            return TerraformState.Read(result.Output);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return Unreadable([e.Message]);
        }
    }

    /// <summary>Writes a whole state, as one that was saved before.</summary>
    public Task<Outcome<Done>> StatePushAsync(ReadOnlyMemory<byte> state, CancellationToken ct) =>
        PlainAsync(Call(StatePushArguments()) with { Input = state }, ct);

    /// <summary>The addresses in the state.</summary>
    public async Task<Outcome<string[]>> StateListAsync(CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(StateListArguments()) with { Capture = true }, ct);
        return result.ExitCode == 0
            ? System.Text.Encoding.UTF8.GetString(result.Output.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : Classify(result.TailText);
    }

    /// <summary>Forgets entries in one write of the state.</summary>
    public Task<Outcome<Done>> StateRemoveAsync(IReadOnlyCollection<string> addresses, CancellationToken ct) =>
        addresses.Count == 0 ? Task.FromResult<Outcome<Done>>(new Done()) : PlainAsync(Call(StateRemoveArguments(addresses)), ct);

    private async Task<Outcome<Done>> PlainAsync(ToolCall call, CancellationToken ct)
    {
        var result = await tools.RunAsync(call, ct);
        return result.ExitCode == 0 ? new Done() : Classify(result.TailText);
    }
}
