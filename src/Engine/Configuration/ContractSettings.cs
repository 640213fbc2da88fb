using Mayfly.Engine.Secrets;

namespace Mayfly.Engine.Configuration;

/// <summary>One entry of the secret contract.</summary>
public sealed record SecretSettings
{
    /// <summary>Template of the Secrets Manager id.</summary>
    [Template]
    public required string Id { get; init; }

    /// <summary>Template of the Kubernetes secret that ESO makes of it; null: none.</summary>
    [Template]
    public string? Kubernetes { get; init; }

    /// <summary>The keys of its JSON object.</summary>
    public IReadOnlyList<SecretKeySettings> Keys { get; init; } = [];
}

/// <summary>One key of a secret, the rule its value must satisfy, and where a missing value comes from.</summary>
public sealed record SecretKeySettings
{
    /// <summary>The key in the secret.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the environment cannot do without it.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Regular expression the whole value must match; null: not empty is enough.</summary>
    [Expression]
    public string? Pattern { get; init; }

    /// <summary>True when the value must be valid JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Source of a missing value: <c>env:NAME</c>, <c>file:PATH</c>, <c>secret:ID#KEY</c>, <c>generate:password</c>,
    /// <c>generate:keypair</c>, <c>value:TEMPLATE</c> for what is no secret, or <c>person</c>.</summary>
    [Matches(SecretSource.Pattern, "env:NAME, file:PATH, secret:ID#KEY, generate:password, generate:keypair, value:TEXT or person")]
    public string From { get; init; } = "person";
}

/// <summary>What must hold in the cluster before a deployment is tried.</summary>
public sealed record PreflightSettings
{
    /// <summary>Namespace of the External Secrets Operator; null: the application does not use it.</summary>
    public string? EsoNamespace { get; init; } = "external-secrets";

    /// <summary>Name of the ClusterSecretStore; null: none is looked for.</summary>
    public string? SecretStore { get; init; }

    /// <summary>Template of the registry pull secret's name; null: none is needed.</summary>
    [Template]
    public string? RegistrySecret { get; init; }

    /// <summary>How long it waits for all that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>The hard gate.</summary>
public sealed record VerifySettings
{
    /// <summary>Path of the page that is asked for.</summary>
    [Matches("^/.*$", "a path that starts with a slash")]
    public string Path { get; init; } = "/";

    /// <summary>Statuses that count as an answer.</summary>
    [Between(100, 599)]
    public IReadOnlyList<int> Status { get; init; } = [200];

    /// <summary>Good answers in a row that are wanted.</summary>
    [Between(1, 1000)]
    public int Consecutive { get; init; } = 3;

    /// <summary>Pause between two answers.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it waits for the page to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Response header that names the commit; null: none.</summary>
    public string? CommitHeader { get; init; }

    /// <summary>Regular expression over the body whose first group is the commit; null: none.</summary>
    [Expression(Groups = 1)]
    public string? CommitPattern { get; init; }

    /// <summary>Answers in place of DNS, each <c>host:port:address</c> as curl's --resolve has it; <c>*</c> for any host.</summary>
    [Matches(@"^(\*|[A-Za-z0-9.*-]+):([0-9]{1,5}|\*):(\[?[0-9A-Fa-f.:]+\]?)(:[0-9]{1,5})?$", "host:port:address as in curl's --resolve")]
    public IReadOnlyList<string> Resolve { get; init; } = [];
}

/// <summary>How long and how often a run may try.</summary>
public sealed record BudgetSettings
{
    /// <summary>How long a run may take.</summary>
    public TimeSpan Run { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Retries of one rule in one stage.</summary>
    [Between(0, 100)]
    public int PerRule { get; init; } = 3;

    /// <summary>Retries of one class of failures in a whole run, whatever its stages and rules.</summary>
    [Between(0, 1000)]
    public int PerClass { get; init; } = 6;

    /// <summary>Retries of a whole run.</summary>
    [Between(0, 1000)]
    public int PerRun { get; init; } = 12;

    /// <summary>How long nothing may move before a controller in the cluster, a namespace that ends or an operation of helm's counts as dead.</summary>
    public TimeSpan Progress { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long after a cluster's end a teardown keeps looking: its control plane writes its log group once more.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>A failure rule that a user adds; tried before the built-in ones.</summary>
public sealed record FailureRuleSettings
{
    /// <summary>Kebab-case id of the rule.</summary>
    [Matches("^[a-z0-9]+(-[a-z0-9]+)*$", "words in lower case joined by hyphens")]
    public required string Name { get; init; }

    /// <summary>The program that reports it: terraform, helm, kubectl, eso, aws or http. Null: any.</summary>
    public string? Tool { get; init; }

    /// <summary>Regular expressions that must all match.</summary>
    [Expression]
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>Class of the failure.</summary>
    public required string Class { get; init; }

    /// <summary>What kind of act the failure asks for.</summary>
    [Choices("retry_after_wait", "retry_after_repair", "adopt_existing", "prune_state", "refresh_credentials", "fail_permanent_user", "fail_permanent_quota", "needs_human", "none")]
    public required string Disposition { get; init; }

    /// <summary>What has to be done before a retry, in words.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>What a person can do, one sentence.</summary>
    public string Next { get; init; } = "";
}

/// <summary>An identity rule that a user adds: how a planned resource of a type gets its import id.</summary>
public sealed record AdoptionRuleSettings
{
    /// <summary>Terraform resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Import id with planned attributes in braces, <c>{bucket}</c> or <c>{cluster_name}:{name}</c>.</summary>
    [Template(TemplateNames.Attributes)]
    public required string ImportId { get; init; }

    /// <summary>True: adopt when the name can only belong to this environment, even without the owner tag.</summary>
    public bool NameIsOwn { get; init; }
}
