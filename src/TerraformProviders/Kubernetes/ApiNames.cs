using System.Text;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The API's names of what Terraform writes: <c>image_pull_policy</c> is <c>imagePullPolicy</c>, the blocks <c>container</c> are <c>containers</c>.</summary>
internal static class ApiNames
{
    // What the rule does not give.
    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["ca_bundle"] = "caBundle",
        ["cluster_ip"] = "clusterIP",
        ["cluster_ips"] = "clusterIPs",
        ["external_ips"] = "externalIPs",
        ["fs_group"] = "fsGroup",
        ["host_ip"] = "hostIP",
        ["host_ipc"] = "hostIPC",
        ["host_pid"] = "hostPID",
        ["load_balancer_ip"] = "loadBalancerIP",
        ["non_resource_urls"] = "nonResourceURLs",
        ["pod_cidr"] = "podCIDR",
        ["pod_ip"] = "podIP",
        ["storage_provisioner"] = "provisioner",
        ["target_wwns"] = "targetWWNs",
    };

    // Blocks that are written one by one and kept as a list.
    private static readonly Dictionary<string, string> Plural = new()
    {
        ["container"] = "containers",
        ["host_aliases"] = "hostAliases",
        ["http_header"] = "httpHeaders",
        ["image_pull_secret"] = "imagePullSecrets",
        ["image_pull_secrets"] = "imagePullSecrets",
        ["init_container"] = "initContainers",
        ["limit"] = "limits",
        ["match_label_expressions"] = "matchLabelExpressions",
        ["metric"] = "metrics",
        ["option"] = "options",
        ["path"] = "paths",
        ["policy"] = "policies",
        ["port"] = "ports",
        ["readiness_gate"] = "readinessGates",
        ["rule"] = "rules",
        ["secret"] = "secrets",
        ["subject"] = "subjects",
        ["toleration"] = "tolerations",
        ["topology_spread_constraint"] = "topologySpreadConstraints",
        ["volume"] = "volumes",
        ["volume_claim_template"] = "volumeClaimTemplates",
        ["volume_device"] = "volumeDevices",
        ["volume_mount"] = "volumeMounts",
    };

    // Text in Terraform, a number where it is one in the API.
    private static readonly HashSet<string> NumberOrText = ["target_port", "port", "max_surge", "max_unavailable", "min_available"];

    private static readonly HashSet<string> NumberAsText = ["run_as_user", "run_as_group", "fs_group", "replicas"];

    private static readonly HashSet<string> OctalAsText = ["default_mode", "mode"];

    /// <summary>How a text is kept in the API.</summary>
    public enum TextForm
    {
        /// <summary>As text.</summary>
        Text,

        /// <summary>As a number if it is one.</summary>
        NumberOrText,

        /// <summary>As a number.</summary>
        Number,

        /// <summary>As a number that is written in octal digits.</summary>
        Octal,
    }

    /// <summary>The API's name of an argument, or of a block that can be there once.</summary>
    public static string Of(string name) => Irregular.GetValueOrDefault(name) ?? Camel(name);

    /// <summary>The API's name of the list that repeated blocks make.</summary>
    public static string OfList(string name) => Plural.GetValueOrDefault(name) ?? Of(name);

    /// <summary>How the text of an argument is kept.</summary>
    public static TextForm FormOf(string name) => NumberOrText.Contains(name) ? TextForm.NumberOrText
        : NumberAsText.Contains(name) ? TextForm.Number
        : OctalAsText.Contains(name) ? TextForm.Octal
        : TextForm.Text;

    private static string Camel(string name)
    {
        var result = new StringBuilder(name.Length);
        var upper = false;
        foreach (var letter in name)
        {
            if (letter == '_')
            {
                upper = true;
            }
            else
            {
                result.Append(upper ? char.ToUpperInvariant(letter) : letter);
                upper = false;
            }
        }

        return result.ToString();
    }
}
