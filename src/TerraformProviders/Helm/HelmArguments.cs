using System.Globalization;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>What <c>helm install</c> and <c>helm upgrade</c> are told of a release.</summary>
internal static class HelmArguments
{
    private static readonly (string Argument, string Flag)[] Both =
    [
        ("wait", "--wait"), ("wait_for_jobs", "--wait-for-jobs"), ("devel", "--devel"),
        ("dependency_update", "--dependency-update"), ("skip_crds", "--skip-crds"), ("disable_webhooks", "--no-hooks"),
        ("disable_openapi_validation", "--disable-openapi-validation"), ("render_subchart_notes", "--render-subchart-notes"),
        ("verify", "--verify"), ("pass_credentials", "--pass-credentials"), ("take_ownership", "--take-ownership"),
        ("create_namespace", "--create-namespace"),
    ];

    private static readonly (string Argument, string Flag)[] UpgradeOnly =
        [("cleanup_on_fail", "--cleanup-on-fail"), ("reset_values", "--reset-values"), ("reuse_values", "--reuse-values")];

    private static readonly (string Argument, string Flag)[] Texts =
    [
        ("keyring", "--keyring"), ("description", "--description"), ("repository_ca_file", "--ca-file"),
        ("repository_cert_file", "--cert-file"), ("repository_key_file", "--key-file"),
    ];

    /// <summary>Whether the two major versions of helm have different words for something that this release wants.</summary>
    public static bool DependOnMajor(TfObject release) => release.Bool("atomic") == true || release.Bool("force_update") == true;

    /// <summary>The arguments, without chart, repository, credentials and values.</summary>
    public static IReadOnlyList<string> Of(TfObject release, bool isUpgrade, int major)
    {
        Refuse(release, "recreate_pods", "helm no longer recreates pods");
        Refuse(release, "disable_crd_hooks", "the helm binary has no such choice");

        var arguments = new List<string>();
        void AddFlags(IEnumerable<(string Argument, string Flag)> flags) =>
            arguments.AddRange(flags.Where(one => release.Bool(one.Argument) == true).Select(one => one.Flag));
        AddFlags(Both);
        AddFlags(isUpgrade ? UpgradeOnly : [("replace", "--replace")]);
        AddFlags([("atomic", major == 4 ? "--rollback-on-failure" : "--atomic"), ("force_update", major == 4 ? "--force-replace" : "--force")]);
        foreach (var (argument, flag) in Texts)
        {
            if (release.String(argument) is { Length: > 0 } text)
            {
                arguments.AddRange([flag, text]);
            }
        }

        if (release.String("version") is { Length: > 0 } version && !IsLocal(release.Required("chart")))
        {
            arguments.AddRange(["--version", version]);
        }

        arguments.AddRange(["--timeout", string.Create(CultureInfo.InvariantCulture, $"{release.Int("timeout") ?? 300}s")]);
        if (isUpgrade && release.Int("max_history") is { } history)
        {
            arguments.AddRange(["--history-max", history.ToString(CultureInfo.InvariantCulture)]);
        }

        if (release.Block("postrender") is { } postrender)
        {
            arguments.AddRange(["--post-renderer", postrender.Required("binary_path")]);
            arguments.AddRange(postrender.Strings("args").SelectMany(argument => (string[])["--post-renderer-args", argument]));
        }

        return arguments;
    }

    /// <summary>Whether a chart is a folder or archive on this machine.</summary>
    public static bool IsLocal(string chart) => Directory.Exists(chart) || File.Exists(chart);

    private static void Refuse(TfObject release, string argument, string why)
    {
        if (release.Bool(argument) == true)
        {
            throw new ProviderException($"{argument} cannot be used here: {why}", attribute: argument);
        }
    }
}
