namespace Mayfly.Engine.Tools;

/// <summary>What init is told.</summary>
/// <param name="BackendConfigFile">Backend settings for a root that declares its backend; null: the mirror's override file has them.</param>
/// <param name="ReadOnlyLockFile">True: the repository's lock file is used and never changed.</param>
public sealed record InitOptions(string? BackendConfigFile, bool ReadOnlyLockFile);

public sealed partial class Terraform
{
    public static IReadOnlyList<string> InitArguments(InitOptions options) =>
    [
        "init", "-input=false", "-no-color", "-reconfigure",
        .. options.BackendConfigFile is { } file ? [$"-backend-config={file}"] : Array.Empty<string>(),
        .. options.ReadOnlyLockFile ? ["-lockfile=readonly"] : Array.Empty<string>(),
    ];

    /// <summary>Initialises the mirror, unless nothing it depends on changed since the last time.</summary>
    public async Task<Outcome<Done>> InitAsync(string fingerprint, StageReporter reporter, CancellationToken ct)
    {
        if (root.IsInitialised(fingerprint))
        {
            return new Done();
        }

        root.PrepareInit();
        var arguments = InitArguments(new InitOptions(root.BackendConfigFile, root.HasLockFile));
        var result = await tools.RunAsync(Call(arguments) with { OnLine = line => reporter.Line("terraform", line) }, ct);
        if (result.ExitCode != 0)
        {
            return Classify(result.TailText);
        }

        root.RememberInit(fingerprint);
        return new Done();
    }
}
