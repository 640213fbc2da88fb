using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>
/// The terraform (or tofu) binary, bound to one root module's mirror. A file for each subcommand; this one holds what they share.
/// Never writes into the user's directory, never passes a variable's value as an argument, never kills a terraform that writes.
/// </summary>
public sealed partial class Terraform(IToolRunner tools, string binary, TerraformRoot root, ToolEnvironment outer)
{
    /// <summary>Summaries with which terraform asks for an init.</summary>
    private static readonly string[] NotInitialised =
    [
        "Inconsistent dependency lock file", "Required plugins are not installed", "Module not installed", "Backend initialization required",
        "Missing or corrupted provider plugins",
    ];

    /// <summary>Rule id: the state cannot be read; nothing is decided on it.</summary>
    public const string UnreadableState = "state-unreadable";

    /// <summary>The root module's mirror.</summary>
    public TerraformRoot Root => root;

    private ToolCall Call(IReadOnlyList<string> arguments) => new("terraform", binary, arguments)
    {
        WorkingDirectory = root.Directory,
        Environment = EnvironmentFor(outer, root),
    };

    private async Task<(ToolResult Result, TerraformStream Stream)> StreamAsync(
        IReadOnlyList<string> arguments, StageReporter reporter, CancellationToken ct)
    {
        var stream = new TerraformStream(reporter, root.Folder);
        var result = await tools.RunAsync(Call(arguments) with { OnLine = stream.OnLine, OnErrorLine = stream.OnLine }, ct);
        return (result, stream);
    }

    private Failure Classify(string text)
    {
        if (text.Contains("state file format", StringComparison.Ordinal))
        {
            return Unreadable([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("state file format", StringComparison.Ordinal))]);
        }

        var failure = ToolFailure.Of("terraform", text);

        // Whatever the binary says is missing in its data directory, the next attempt initialises again instead of trusting the note.
        if (failure.Class is "tf_backend_init_required" or "tf_provider_checksum_mismatch" or "tf_provider_download_failed"
            || NotInitialised.Any(summary => text.Contains(summary, StringComparison.Ordinal)))
        {
            root.ForgetInit();
        }

        return failure;
    }

    /// <summary>A state that cannot be read is nobody's to overwrite: an earlier version of it is the way back.</summary>
    private Failure Unreadable(IReadOnlyList<string> evidence) => Failure.Of(
        UnreadableState, Failure.UnknownClass, Disposition.NeedsHuman,
        $"the Terraform state of {root.Name} cannot be read: it is cut off, is no state, or is of a newer format; it was left as it is",
        $"Bring back an earlier version of the state object ({root.Backend.Place}); a versioned bucket keeps them.",
        "If a newer terraform wrote it, run that version.",
        "If there is none, remove the object: the next run adopts what exists.") with
    {
        Tool = "terraform",
        Evidence = evidence,
    };

    /// <summary>What terraform sees: the outer environment without what would change its output, plus the root's own variables.</summary>
    public static IReadOnlyDictionary<string, string?> EnvironmentFor(ToolEnvironment outer, TerraformRoot root)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in outer.Variables.Keys.Where(IsDenied))
        {
            environment[name] = null;
        }

        foreach (var (name, value) in root.Environment)
        {
            environment[name] = value;
        }

        environment["TF_IN_AUTOMATION"] = "1";
        environment["TF_INPUT"] = "0";
        environment["TF_DATA_DIR"] = root.DataDirectory;
        environment["CHECKPOINT_DISABLE"] = "1";
        return environment;
    }

    /// <summary>Variables of the caller that would change arguments, output or the workspace behind our back.</summary>
    private static bool IsDenied(string name) =>
        name.StartsWith("TF_CLI_ARGS", StringComparison.Ordinal)
        || name.StartsWith("TF_LOG", StringComparison.Ordinal)
        || name is "TF_WORKSPACE" or "TF_INPUT" or "TF_IN_AUTOMATION" or "TF_DATA_DIR";
}
