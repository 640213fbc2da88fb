namespace Mayfly.LocalCloud.Host;

/// <summary>The variables with which programs talk to the local cloud by hand.</summary>
internal static class CloudVariables
{
    public static IReadOnlyDictionary<string, string> Create(Uri aws, string region, string terraformCliConfig, string kubeconfig) =>
        new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = aws.AbsoluteUri.TrimEnd('/'),
            ["AWS_REGION"] = region,
            ["AWS_DEFAULT_REGION"] = region,
            ["AWS_ACCESS_KEY_ID"] = CloudContext.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = CloudContext.SecretKey,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            // Nothing takes minutes here, so that the providers need not wait as long for things that hold one another.
            ["MAYFLY_PROVIDER_PATIENCE"] = "20",
            ["TF_CLI_CONFIG_FILE"] = terraformCliConfig,
            ["KUBECONFIG"] = kubeconfig,
        };
}
