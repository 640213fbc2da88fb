using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>
/// The root modules of an environment, each mirrored and initialised at its first use in a run. Layers that share a root share
/// its state and its data folder.
/// </summary>
public sealed class TerraformRoots(World world, Blueprint blueprint)
{
    private readonly Dictionary<string, Terraform> _open = new(StringComparer.Ordinal);
    private readonly MayflyConfiguration _configuration = blueprint.Configuration;

    /// <summary>The layers in the order they are applied.</summary>
    public IReadOnlyList<LayerSettings> Layers => _configuration.Terraform.Layers;

    /// <summary>One layer for each root, in the order in which the roots are first applied.</summary>
    public IEnumerable<LayerSettings> RootLayers => Layers.DistinctBy(layer => blueprint.PathOf(layer.Root));

    /// <summary>Layers that share a layer's root, the layer included.</summary>
    public IReadOnlyList<LayerSettings> Sharing(LayerSettings layer) =>
        [.. Layers.Where(other => blueprint.PathOf(other.Root) == blueprint.PathOf(layer.Root))];

    /// <summary>Key of the state object of a layer's root.</summary>
    public string StateKeyOf(LayerSettings layer) => StateKey(NameOf(layer));

    /// <summary>Keys of the state objects in the object store.</summary>
    public IEnumerable<string> StateKeys => RootLayers.Select(layer => StateKey(NameOf(layer)));

    /// <summary>What is wrong with the binary or the configuration of a root, found without touching anything; null when nothing is.</summary>
    public async Task<Failure?> CheckAsync(LayerSettings layer, CancellationToken ct)
    {
        var (terraform, fingerprint) = Make(layer, NameOf(layer));
        if (terraform.Root.IsInitialised(fingerprint))
        {
            // The fingerprint holds binary and files, so what was good once need not be asked for again.
            return null;
        }

        return (await terraform.VersionAsync(_configuration.Terraform.MinVersion, ct)).Failure ?? await terraform.ParseAsync(ct);
    }

    /// <summary>Terraform on a layer's root: version checked, mirrored, initialised.</summary>
    public async Task<Outcome<Terraform>> OpenAsync(LayerSettings layer, StageReporter reporter, CancellationToken ct)
    {
        var name = NameOf(layer);
        if (_open.TryGetValue(name, out var open))
        {
            return open;
        }

        var (terraform, fingerprint) = Make(layer, name);
        if (!terraform.Root.IsInitialised(fingerprint)
            && (!(await terraform.VersionAsync(_configuration.Terraform.MinVersion, ct)).Is(out _, out var failure)
                || !(await terraform.InitAsync(fingerprint, reporter, ct)).Is(out _, out failure)))
        {
            return failure;
        }

        _open[name] = terraform;
        return terraform;
    }

    /// <summary>After a failure that says that the working directory is not initialised: the next use starts over.</summary>
    public void Forget(Terraform terraform) => _open.Remove(terraform.Root.Name);

    private (Terraform Terraform, string Fingerprint) Make(LayerSettings layer, string name)
    {
        var root = Mirror(layer, name);
        var binary = Binaries.Locate(_configuration.Terraform.Binary, _configuration.Directory, world.Home, world.Variables);
        return (new Terraform(world.Tools, binary, root, world.Variables), RootFingerprint.Of(root, binary, world.Variables));
    }

    private TerraformRoot Mirror(LayerSettings layer, string name)
    {
        var directory = blueprint.PathOf(layer.Root);
        var work = Path.Combine(world.Home, "work", _configuration.Project, blueprint.Environment.Id);
        var place = new RootPlace(name, directory, TerraformRoot.CommonFolder(_configuration.Directory, directory), work,
            UseLockFile: _configuration.Terraform.LockFile != "ignore");
        return TerraformRoot.Mirror(place, BackendFor(name), Variables(), EnvironmentOf());
    }

    private StateBackend BackendFor(string root)
    {
        var state = _configuration.State;
        return state.Path is { } path
            ? StateBackend.Local(Path.GetFullPath(Path.Combine(blueprint.PathOf(path), StateKey(root))))
            : StateBackend.S3(state.Bucket!, StateKey(root), state.Region ?? _configuration.Aws.Region, state.UseLockfile, state.LockTable,
                world.Session.ConfiguredEndpointOf(AwsService.S3)?.AbsoluteUri.TrimEnd('/'));
    }

    private string StateKey(string root) => $"{blueprint.StatePrefix}/{root}.tfstate";

    private JsonObject Variables() =>
        JsonSerializer.SerializeToNode(TemplateTree.Expand(_configuration.Terraform.Variables, blueprint.Variables), PlainJson.Options)!.AsObject();

    private Dictionary<string, string?> EnvironmentOf()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["AWS_REGION"] = _configuration.Aws.Region,
        };
        if (_configuration.Cloud.AwsEndpoint is { } endpoint)
        {
            environment["AWS_ENDPOINT_URL"] = endpoint;
        }

        return environment;
    }

    // The folder's name when it tells the roots apart, else the whole path.
    private string NameOf(LayerSettings layer)
    {
        var path = blueprint.PathOf(layer.Root);
        var name = Path.GetFileName(path);
        var unique = Layers.Select(other => blueprint.PathOf(other.Root)).Distinct().Count(other => Path.GetFileName(other) == name) == 1;
        return unique ? name : Path.GetRelativePath(_configuration.Directory, path).Replace(Path.DirectorySeparatorChar, '-').Replace('.', '_');
    }
}
