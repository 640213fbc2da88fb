using System.Text;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>A folder that only its owner can read, for what helm is given in files: the way to the cluster, values, credentials. Gone after use.</summary>
internal sealed class HelmWorkspace : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("helm-");

    /// <summary>The kubeconfig for <c>--kubeconfig</c>.</summary>
    public string WriteKubeconfig(ClusterAccess access, string ns)
    {
        var cluster = new JsonObject { ["server"] = access.Server.ToString().TrimEnd('/') };
        Set(cluster, "certificate-authority-data", Base64(access.AuthorityPem));
        Set(cluster, "tls-server-name", access.TlsServerName);
        Set(cluster, "proxy-url", access.ProxyUrl);
        if (access.Insecure)
        {
            cluster["insecure-skip-tls-verify"] = true;
            cluster.Remove("certificate-authority-data");
        }

        var user = new JsonObject();
        Set(user, "token", access.Token);
        Set(user, "client-certificate-data", Base64(access.ClientCertificatePem));
        Set(user, "client-key-data", Base64(access.ClientKeyPem));
        Set(user, "username", access.Username);
        Set(user, "password", access.Password);
        if (access.Exec is { } exec)
        {
            // Helm runs it itself, as often as a login runs out.
            user["exec"] = exec.ToKubeconfig();
        }

        const string Name = "terraform";
        return Write("kubeconfig", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = Name,
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = Name, ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = Name, ["user"] = user }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = Name,
                ["context"] = new JsonObject { ["cluster"] = Name, ["user"] = Name, ["namespace"] = ns },
            }),
        }.ToJsonString());
    }

    /// <summary>Any other file.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(Encoding.UTF8.GetBytes(content));
        return path;
    }

    /// <summary>The path of a file that helm writes itself.</summary>
    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    private static void Set(JsonObject target, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[name] = value;
        }
    }

    private static string? Base64(string? pem) => string.IsNullOrEmpty(pem) ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
