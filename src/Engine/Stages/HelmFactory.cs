using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>Makes a helm that talks to the environment's cluster, and knows which helm it is.</summary>
/// <param name="directory">A folder of the environment, for the note of the binary's version.</param>
public sealed class HelmFactory(World world, Blueprint blueprint, ClusterDoor door, string directory)
{
    private string? _version;

    /// <summary>Helm on a cluster.</summary>
    public Task<Helm> OpenAsync(Cluster cluster, CancellationToken ct) => OpenAsync(cluster, blueprint.Namespace, ct);

    /// <summary>Helm on a namespace of a cluster that is not the application's.</summary>
    public async Task<Helm> OpenAsync(Cluster cluster, string @namespace, CancellationToken ct) =>
        Make((await door.KubeconfigAsync(cluster, ct)).Path, @namespace);

    /// <summary>The binary's version, checked; noted, so that a run that deploys nothing starts no helm.</summary>
    public async Task<Outcome<Version>> VersionAsync(CancellationToken ct)
    {
        if (_version is null)
        {
            var note = Path.Combine(directory, "helm-version");
            var about = About(Locate());
            if (File.Exists(note) && File.ReadAllText(note).Split('\n') is [var noted, var version] && noted == about)
            {
                _version = version;
            }
            else
            {
                if (!(await Make("", blueprint.Namespace).VersionAsync(ct)).Is(out var found, out var unusable))
                {
                    return unusable;
                }

                _version = found.TrimStart('v').Split('-', '+')[0];
                OwnerOnly.CreateDirectory(directory);
                OwnerOnly.Write(note, System.Text.Encoding.UTF8.GetBytes($"{about}\n{_version}"));
            }
        }

        return Version.Parse(_version);
    }

    private Helm Make(string kubeconfig, string @namespace) => new(world.Tools, Locate(), kubeconfig, @namespace, world.Variables);

    private string Locate() =>
        Binaries.Locate(blueprint.Configuration.Helm.Binary, blueprint.Configuration.Directory, world.Home, world.Variables);

    private static string About(string binary) =>
        File.Exists(binary) ? $"{binary} {new FileInfo(binary).Length} {File.GetLastWriteTimeUtc(binary).Ticks}" : binary;
}
