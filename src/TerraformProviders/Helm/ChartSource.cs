using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>Where a chart comes from, with helm logged in where that takes a password.</summary>
/// <param name="Chart">The chart as helm is told it.</param>
/// <param name="Arguments">What else helm is told.</param>
internal sealed record ChartSource(string Chart, IReadOnlyList<string> Arguments)
{
    private const string Oci = "oci://";

    /// <summary>Prepares it; passwords go through standard input.</summary>
    public static async Task<ChartSource> PrepareAsync(TfObject provider, TfObject release, HelmWorkspace workspace, CancellationToken ct)
    {
        var chart = release.Required("chart");
        var repository = release.String("repository") ?? "";
        var address = chart.StartsWith(Oci, StringComparison.Ordinal) ? chart : repository;
        var (username, password) = (release.String("repository_username"), release.String("repository_password"));
        if (address.StartsWith(Oci, StringComparison.Ordinal))
        {
            if (password is null && provider.Blocks("registries").FirstOrDefault(one => address.StartsWith(one.Required("url"), StringComparison.Ordinal)) is { } registry)
            {
                (username, password) = (registry.Required("username"), registry.Required("password"));
            }

            var login = await LoginAsync(provider, address, username, password, workspace, ct);
            return new(address == chart ? chart : $"{address.TrimEnd('/')}/{chart}", login);
        }

        if (repository.Length == 0)
        {
            return new(chart, Configured(provider));
        }

        if (password is null)
        {
            return new(chart, ["--repo", repository, .. Configured(provider)]);
        }

        string[] places = ["--repository-config", workspace.PathOf("repositories.yaml"), "--repository-cache", workspace.PathOf("cache")];
        await MustAsync(["repo", "add", "terraform", repository, "--username", username ?? "", "--password-stdin", .. places], password, ct);
        return new($"terraform/{chart}", places);
    }

    private static async Task<IReadOnlyList<string>> LoginAsync(
        TfObject provider, string address, string? username, string? password, HelmWorkspace workspace, CancellationToken ct)
    {
        if (password is null)
        {
            return provider.String("registry_config_path") is { } config ? ["--registry-config", config] : [];
        }

        var host = address[Oci.Length..].Split('/')[0];
        string[] place = ["--registry-config", workspace.PathOf("registry.json")];
        await MustAsync(["registry", "login", host, "--username", username ?? "", "--password-stdin", .. place], password, ct);
        return place;
    }

    private static IReadOnlyList<string> Configured(TfObject provider) =>
    [
        .. provider.String("repository_config_path") is { } config ? (string[])["--repository-config", config] : [],
        .. provider.String("repository_cache") is { } cache ? (string[])["--repository-cache", cache] : [],
    ];

    private static async Task MustAsync(IReadOnlyList<string> arguments, string password, CancellationToken ct)
    {
        if (await HelmTool.RunAsync(arguments, new Dictionary<string, string?>(), password, ct) is { } refused)
        {
            throw new ProviderException("Error locating chart", refused);
        }
    }
}
