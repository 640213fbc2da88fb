using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.Engine.Tools;

/// <summary>
/// A root module as one environment works on it: a mirror under Mayfly's home with the backend, the variables and terraform's own
/// data. Can be deleted at any time; everything in it is made again.
/// </summary>
public sealed class TerraformRoot
{
    private const string BackendOverride = "mayfly_override.tf.json";
    private const string BackendConfig = "mayfly.tfbackend.json";
    private const string Variables = "zz-mayfly.auto.tfvars.json";
    internal const string ImportsFile = "mayfly_imports.tf";
    private const string LockFile = ".terraform.lock.hcl";

    // The backend in use, and the modules that are installed; init makes both again.
    private static readonly string[] Notes = ["terraform.tfstate", Path.Combine("modules", "modules.json")];

    private readonly string _initNote;
    private readonly string _plans;

    private TerraformRoot(string name, string directory, string data, StateBackend backend)
    {
        (Name, Directory, DataDirectory, Backend) = (name, directory, Path.Combine(data, name), backend);
        _initNote = Path.Combine(DataDirectory, "mayfly-init");
        _plans = Path.Combine(data, "plans");
    }

    /// <summary>Short name, unique among the roots of a configuration.</summary>
    public string Name { get; }

    /// <summary>The mirrored folder terraform runs in.</summary>
    public string Directory { get; }

    /// <summary>Terraform's own folder, <c>TF_DATA_DIR</c>.</summary>
    public string DataDirectory { get; }

    /// <summary>Where its state lies.</summary>
    public StateBackend Backend { get; }

    /// <summary>Backend settings for <c>-backend-config</c>; null when the override file has them.</summary>
    public string? BackendConfigFile { get; private init; }

    /// <summary>Where in the repository the original lies.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>True when the repository's lock file is used.</summary>
    public bool HasLockFile { get; private init; }

    /// <summary>Variables of the environment that its providers and backend read.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Makes or refreshes the mirror of a root module.</summary>
    /// <param name="place">Which root, and where its mirror goes.</param>
    /// <param name="backend">Where the state lies.</param>
    /// <param name="variables">Input variables; those that the root does not declare are left out.</param>
    /// <param name="environment">What its providers and backend read.</param>
    public static TerraformRoot Mirror(
        RootPlace place, StateBackend backend, JsonObject variables, IReadOnlyDictionary<string, string?> environment)
    {
        OwnerOnly.CreateDirectory(place.Work);
        var declared = RootDeclarations.Read(place.Directory);
        var repository = declared.LocalModules.Aggregate(place.Repository, CommonFolder);
        var directory = RootMirror.Refresh(repository, place.Directory, declared.LocalModules, Path.Combine(place.Work, "mirror"));

        var settings = Path.Combine(directory, BackendConfig);
        Put(directory, BackendOverride, declared.Backend is null ? backend.OverrideFile() : null);
        Put(directory, BackendConfig, declared.Backend is null ? null : backend.ConfigFile());
        Put(directory, Variables, new JsonObject(
            variables.Where(v => declared.Variables.Contains(v.Key)).Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone()))).ToJsonString());
        // Import blocks are for one plan; a run that was killed may have left some.
        Put(directory, ImportsFile, null);
        var lockFile = Path.Combine(place.Directory, LockFile);
        var locked = place.UseLockFile && File.Exists(lockFile);
        if (locked)
        {
            Put(directory, LockFile, File.ReadAllText(lockFile));
        }

        return new TerraformRoot(place.Name, directory, Path.Combine(place.Work, "data"), backend)
        {
            BackendConfigFile = declared.Backend is null ? null : settings,
            HasLockFile = locked,
            Folder = Path.GetRelativePath(place.Repository, place.Directory),
            Environment = environment,
        };
    }

    /// <summary>A new file for a plan, in a folder that only the owner may enter.</summary>
    public string NewPlanFile()
    {
        OwnerOnly.CreateDirectory(_plans);
        return Path.Combine(_plans, $"{Name}-{Guid.CreateVersion7():n}.tfplan");
    }

    /// <summary>Deletes a plan file.</summary>
    public void Discard(string planFile) => File.Delete(planFile);

    /// <summary>Puts import blocks beside the root's own files for the next plan; null takes them away.</summary>
    public void WriteImports(string? blocks) => Put(Directory, ImportsFile, blocks);

    /// <summary>True when the last init saw the same inputs.</summary>
    public bool IsInitialised(string fingerprint) => File.Exists(_initNote) && File.ReadAllText(_initNote) == fingerprint;

    /// <summary>Makes ready for an init: selections of an earlier one, made from other inputs, must not bind it.</summary>
    public void PrepareInit()
    {
        ForgetInit();
        if (!HasLockFile)
        {
            File.Delete(Path.Combine(Directory, LockFile));
        }

        // Terraform writes its own notes in place: one that was killed at it leaves them cut off, and stumbles over them ever after.
        foreach (var note in Notes.Select(name => Path.Combine(DataDirectory, name)).Where(IsCutOff))
        {
            File.Delete(note);
        }
    }

    /// <summary>Notes what init saw.</summary>
    public void RememberInit(string fingerprint)
    {
        OwnerOnly.CreateDirectory(DataDirectory);
        File.WriteAllText(_initNote, fingerprint);
    }

    /// <summary>The next use initialises again.</summary>
    public void ForgetInit()
    {
        if (File.Exists(_initNote))
        {
            File.Delete(_initNote);
        }
    }

    /// <summary>The innermost folder that holds both.</summary>
    internal static string CommonFolder(string one, string other)
    {
        var folder = Path.GetFullPath(one).TrimEnd(Path.DirectorySeparatorChar);
        while (folder.Length > 1 && other != folder && !other.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        return folder;
    }

    private static bool IsCutOff(string file)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        try
        {
            using var content = File.OpenRead(file);
            using var document = JsonDocument.Parse(content);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static void Put(string directory, string name, string? content)
    {
        var path = Path.Combine(directory, name);
        if (content is null)
        {
            File.Delete(path);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(content);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            OwnerOnly.Write(path, bytes);
        }
    }
}

/// <summary>Which root module, and where its mirror goes.</summary>
/// <param name="Name">Short name, unique among the roots of a configuration.</param>
/// <param name="Directory">The root module's folder.</param>
/// <param name="Repository">Folder above which nothing is mirrored.</param>
/// <param name="Work">Folder of the environment under Mayfly's home.</param>
/// <param name="UseLockFile">False: the repository's lock file is left out.</param>
public sealed record RootPlace(string Name, string Directory, string Repository, string Work, bool UseLockFile);
