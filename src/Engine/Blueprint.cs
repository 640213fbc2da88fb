using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine;

/// <summary>What was asked for: one environment, its configuration, and every name that follows from both.</summary>
public sealed class Blueprint(MayflyConfiguration configuration, EnvironmentIdentity environment)
{
    private string? _account = configuration.Aws.Account;

    /// <summary>The checked configuration.</summary>
    public MayflyConfiguration Configuration => configuration;

    /// <summary>Whose it is.</summary>
    public EnvironmentIdentity Environment => environment;

    /// <summary>The AWS account; null until the identity stage has asked AWS.</summary>
    public string? Account
    {
        get => _account;
        set
        {
            _account = value;
            Variables = TemplateVariables.For(environment, configuration, value);
        }
    }

    /// <summary>The variables of templates.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private set; } =
        TemplateVariables.For(environment, configuration, configuration.Aws.Account);

    /// <summary>The EKS cluster's name.</summary>
    public string ClusterName => environment.Id;

    /// <summary>The application's namespace.</summary>
    public string Namespace => Variables["namespace"];

    /// <summary>The application's Helm release.</summary>
    public string Release => Variables["release"];

    /// <summary>Key prefix of everything of this environment in the object store.</summary>
    public string StatePrefix => Expand(configuration.State.Prefix).Trim('/');

    /// <summary>The address that people open.</summary>
    public string Url => configuration.Cloud.PublicPort == 443
        ? $"https://{environment.PublicHost}{configuration.Verify.Path}"
        : $"https://{environment.PublicHost}:{configuration.Cloud.PublicPort}{configuration.Verify.Path}";

    /// <summary>Fills a template of the configuration.</summary>
    public string Expand(string template) => Template.Expand(template, Variables);

    /// <summary>A path of the configuration, made absolute.</summary>
    public string PathOf(string path) => Path.GetFullPath(Path.Combine(configuration.Directory, path));
}
