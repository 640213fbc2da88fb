using Mayfly.TerraformProviders.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>One or several kubeconfig files read as one: what stands first wins.</summary>
internal sealed class Kubeconfig
{
    private readonly List<(string Folder, YamlMappingNode Root)> documents = [];

    /// <summary>Reads the files.</summary>
    public static async Task<Kubeconfig> LoadAsync(IReadOnlyList<string> files, CancellationToken ct)
    {
        var kubeconfig = new Kubeconfig();
        foreach (var file in files)
        {
            var yaml = new YamlStream();
            try
            {
                yaml.Load(new StringReader(await File.ReadAllTextAsync(file, ct)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ProviderException($"'config_path' refers to an invalid path: \"{file}\": stat {file}: no such file or directory", attribute: "config_path");
            }
            catch (YamlException e)
            {
                throw new ProviderException($"error loading config file \"{file}\": line {e.Start.Line}: it is no YAML document", attribute: "config_path");
            }

            if (yaml.Documents is [{ RootNode: YamlMappingNode root }, ..])
            {
                kubeconfig.documents.Add((Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/", root));
            }
        }

        return kubeconfig;
    }

    /// <summary>The access of a context (by default the current one), with another cluster or user where told.</summary>
    public (ClusterAccess Access, ExecPlugin? Exec) Resolve(string? contextName, string? clusterName, string? userName)
    {
        contextName ??= documents.Select(document => Text(document.Root, "current-context")).FirstOrDefault(name => name is { Length: > 0 });
        var context = contextName is null ? null : Find("contexts", contextName, "context")?.Body;
        if (contextName is not null && context is null)
        {
            throw new ProviderException($"context \"{contextName}\" does not exist", attribute: "config_context");
        }

        var (folder, cluster) = FindOrNone("clusters", clusterName ?? Text(context, "cluster"), "cluster");
        var (userFolder, user) = FindOrNone("users", userName ?? Text(context, "user"), "user");
        var server = Text(cluster, "server");
        var none = new ClusterAccess();
        return (none with
        {
            Server = server is null ? none.Server : new Uri(server),
            AuthorityPem = Data(cluster, "certificate-authority", folder),
            TlsServerName = Text(cluster, "tls-server-name"),
            Insecure = Text(cluster, "insecure-skip-tls-verify") == "true",
            ProxyUrl = Text(cluster, "proxy-url"),
            Token = Text(user, "token") ?? (Text(user, "tokenFile") is { } file ? File.ReadAllText(Path.Combine(userFolder, file)).Trim() : null),
            ClientCertificatePem = Data(user, "client-certificate", userFolder),
            ClientKeyPem = Data(user, "client-key", userFolder),
            Username = Text(user, "username"),
            Password = Text(user, "password"),
        }, Child(user, "exec") is YamlMappingNode exec ? ExecPlugin.From(exec) : null);
    }

    private (string Folder, YamlMappingNode? Body) FindOrNone(string list, string? name, string kind) =>
        Find(list, name, kind) is { } found ? found : ("/", null);

    private (string Folder, YamlMappingNode Body)? Find(string list, string? name, string kind)
    {
        foreach (var (folder, root) in documents)
        {
            var entries = Child(root, list) is YamlSequenceNode sequence ? sequence.OfType<YamlMappingNode>() : [];
            if (entries.FirstOrDefault(entry => Text(entry, "name") == name) is { } found && Child(found, kind) is YamlMappingNode body)
            {
                return (folder, body);
            }
        }

        return null;
    }

    private static string? Data(YamlMappingNode? node, string name, string folder) =>
        Text(node, $"{name}-data") is { Length: > 0 } data ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : Text(node, name) is { Length: > 0 } file ? File.ReadAllText(Path.Combine(folder, file))
        : null;

    private static YamlNode? Child(YamlMappingNode? node, string name) =>
        node is not null && node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    internal static string? Text(YamlMappingNode? node, string name) => (Child(node, name) as YamlScalarNode)?.Value;
}
