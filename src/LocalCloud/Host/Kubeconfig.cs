using System.Text;
using System.Text.Json;
using Mayfly.LocalCloud.Kubernetes;

namespace Mayfly.LocalCloud.Host;

/// <summary>A kubeconfig with a context for each cluster, as its administrator.</summary>
internal static class Kubeconfig
{
    public static byte[] Write(IReadOnlyList<ClusterConnection> clusters)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Config\npreferences: {}\n");
        Section(text, "clusters", clusters, cluster =>
            $"  - name: {Quote(cluster.Name)}\n    cluster:\n      server: {Quote(cluster.Endpoint.AbsoluteUri.TrimEnd('/'))}\n"
            + $"      certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.AuthorityPem))}\n");
        Section(text, "users", clusters, cluster => $"  - name: {Quote(cluster.Name)}\n    user:\n      token: {Quote(cluster.Token)}\n");
        Section(text, "contexts", clusters, cluster =>
            $"  - name: {Quote(cluster.Name)}\n    context:\n      cluster: {Quote(cluster.Name)}\n      user: {Quote(cluster.Name)}\n");
        text.Append("current-context: ").Append(clusters.Count > 0 ? Quote(clusters[^1].Name) : "\"\"").Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Section(StringBuilder text, string name, IReadOnlyList<ClusterConnection> clusters, Func<ClusterConnection, string> write)
    {
        text.Append(name).Append(clusters.Count == 0 ? ": []\n" : ":\n");
        foreach (var cluster in clusters)
        {
            text.Append(write(cluster));
        }
    }

    // What JSON quotes, YAML reads the same.
    private static string Quote(string value) => "\"" + JsonEncodedText.Encode(value) + "\"";
}
