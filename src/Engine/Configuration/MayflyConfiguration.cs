namespace Mayfly.Engine.Configuration;

/// <summary>A repository's <c>mayfly.yaml</c>, checked. Paths are relative to <see cref="Directory"/>; durations are written 90s, 10m, 2h.</summary>
/// <remarks>Strings called templates may hold <c>{env_id}</c>, <c>{pr}</c>, <c>{branch}</c>, <c>{branch_slug}</c>, <c>{public_host}</c>,
/// <c>{commit}</c>, <c>{release}</c>, <c>{namespace}</c>, <c>{project}</c>, <c>{region}</c>, <c>{account}</c>, <c>{zone}</c> and
/// <c>{cloud.charts}</c>, <c>{cloud.registry}</c>; an unknown name is an error of the configuration.</remarks>
public sealed record MayflyConfiguration
{
    /// <summary>The format's version; 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Tells several installations in one account apart; a tag's value and part of object keys.</summary>
    public required string Project { get; init; }

    /// <summary>Where the file lies; everything relative is relative to it.</summary>
    public string Directory { get; init; } = "";

    public EnvironmentSettings Environment { get; init; } = new();
    public AwsSettings Aws { get; init; } = new();
    public CloudSettings Cloud { get; init; } = new();
    public StateSettings State { get; init; } = new();
    public TerraformSettings Terraform { get; init; } = new();
    public HelmSettings Helm { get; init; } = new();
    public IReadOnlyList<SecretSettings> Secrets { get; init; } = [];
    public PreflightSettings Preflight { get; init; } = new();
    public VerifySettings Verify { get; init; } = new();
    public BudgetSettings Budget { get; init; } = new();
    public IReadOnlyList<FailureRuleSettings> Failures { get; init; } = [];
    public IReadOnlyList<AdoptionRuleSettings> Adoption { get; init; } = [];
}

/// <summary>Names of an environment.</summary>
public sealed record EnvironmentSettings
{
    /// <summary>Template of the host that people open.</summary>
    public string PublicHost { get; init; } = "{env_id}-{branch_slug}-unstable.jetscale.ai";

    /// <summary>The DNS zone in Route 53 that holds the host.</summary>
    public string Zone { get; init; } = "jetscale.ai";
}

/// <summary>The account to work in.</summary>
public sealed record AwsSettings
{
    public string Region { get; init; } = "us-east-1";

    /// <summary>The account's 12 digits; a run in another one is refused. Null: any.</summary>
    public string? Account { get; init; }
}

/// <summary>Where the outside world is when it is not where AWS and the internet have it: a private partition, a mirror, the local cloud.</summary>
public sealed record CloudSettings
{
    /// <summary>One endpoint for every AWS service; null: AWS's own rules, AWS_ENDPOINT_URL included.</summary>
    public string? AwsEndpoint { get; init; }

    /// <summary>PEM file of an authority to trust besides the system's, for the public host.</summary>
    public string? Authority { get; init; }

    /// <summary>DNS server as <c>address:port</c>; null: the system's resolver.</summary>
    public string? Dns { get; init; }

    /// <summary>Mirror of Helm chart repositories, for <c>{cloud.charts}</c>; empty: the public ones.</summary>
    public string Charts { get; init; } = "";

    /// <summary>Mirror of image registries, for <c>{cloud.registry}</c>; empty: the public ones.</summary>
    public string Registry { get; init; } = "";

    /// <summary>Port of the public host in URLs.</summary>
    public int PublicPort { get; init; } = 443;
}

/// <summary>The object store that holds the Terraform state, the lease and the journal.</summary>
public sealed record StateSettings
{
    /// <summary>S3 bucket; or null when <see cref="Path"/> is set.</summary>
    public string? Bucket { get; init; }

    /// <summary>A directory in place of a bucket, for one machine.</summary>
    public string? Path { get; init; }

    /// <summary>Key prefix of everything of one environment; a template.</summary>
    public string Prefix { get; init; } = "mayfly/{project}/{env_id}";

    /// <summary>Region of the bucket; null: the account's.</summary>
    public string? Region { get; init; }

    /// <summary>Terraform's lock as an object beside the state (S3 only).</summary>
    public bool UseLockfile { get; init; } = true;

    /// <summary>DynamoDB table for Terraform's lock, for teams that have one.</summary>
    public string? LockTable { get; init; }

    /// <summary>How long a lease lives without a heartbeat. 60 s tolerates three missed beats of 15 s.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Age at which a Terraform lock without any lease counts as dead.</summary>
    public TimeSpan LockAge { get; init; } = TimeSpan.FromHours(2);
}

/// <summary>How Terraform is run.</summary>
public sealed record TerraformSettings
{
    /// <summary><c>terraform</c> or <c>tofu</c>, a name on PATH or a path.</summary>
    public string Binary { get; init; } = "terraform";

    public string MinVersion { get; init; } = "1.10.0";

    /// <summary><c>readonly</c>: the repository's lock file is used and never changed; <c>ignore</c>: providers come from a private mirror, whose checksums are others.</summary>
    public string LockFile { get; init; } = "readonly";

    /// <summary>Applied in this order, destroyed in the reverse.</summary>
    public IReadOnlyList<LayerSettings> Layers { get; init; } = [];

    /// <summary>Input variables; strings inside are templates. Passed in a file, never as arguments.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();
}

/// <summary>One part of the infrastructure: a root module, or some targets of one.</summary>
public sealed record LayerSettings
{
    public required string Name { get; init; }

    /// <summary>Directory of the root module.</summary>
    public required string Root { get; init; }

    /// <summary>Resource or module addresses; empty: the whole root. Layers that share a root share its state.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>True when it holds in-cluster resources: it is applied once the cluster answers.</summary>
    public bool NeedsCluster { get; init; }
}

/// <summary>How the application is installed.</summary>
public sealed record HelmSettings
{
    /// <summary>A name on PATH or a path; major 3 or 4.</summary>
    public string Binary { get; init; } = "helm";

    /// <summary>Directory of the chart.</summary>
    public string Chart { get; init; } = "charts/app";

    /// <summary>Template of the release's name.</summary>
    public string Release { get; init; } = "{env_id}";

    /// <summary>Template of the namespace.</summary>
    public string Namespace { get; init; } = "{env_id}";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Values files, later wins.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Runtime overrides, laid over the files last: a tree whose strings and keys are templates. A null deletes a key, as Helm has it.</summary>
    public IReadOnlyDictionary<string, object?> Overrides { get; init; } = new Dictionary<string, object?>();

    /// <summary>Paths of keyed host maps and host lists (<c>app.ingress.hosts</c>): keys and entries that files set are removed before the overrides are laid on.</summary>
    public IReadOnlyList<string> HostPaths { get; init; } = [];

    /// <summary>Whether a repair may delete objects that own persistent volumes.</summary>
    public bool AllowDataLoss { get; init; }
}

/// <summary>One entry of the secret contract.</summary>
public sealed record SecretSettings
{
    /// <summary>Template of the Secrets Manager id.</summary>
    public required string Id { get; init; }

    /// <summary>Template of the Kubernetes secret that ESO makes of it; null: none.</summary>
    public string? Kubernetes { get; init; }

    public IReadOnlyList<SecretKeySettings> Keys { get; init; } = [];
}

/// <summary>One key of a secret, the rule its value must satisfy, and where a missing value comes from.</summary>
public sealed record SecretKeySettings
{
    public required string Name { get; init; }
    public bool Required { get; init; } = true;

    /// <summary>Regular expression the whole value must match; null: not empty is enough.</summary>
    public string? Pattern { get; init; }

    /// <summary>True when the value must be valid JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Source of a missing value: <c>env:NAME</c>, <c>file:PATH</c>, <c>secret:ID#KEY</c>, <c>generate:password</c>,
    /// <c>generate:keypair</c>, <c>value:TEMPLATE</c> for what is no secret, or <c>person</c>.</summary>
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
    public string? RegistrySecret { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>The hard gate.</summary>
public sealed record VerifySettings
{
    public string Path { get; init; } = "/";

    /// <summary>Statuses that count as an answer.</summary>
    public IReadOnlyList<int> Status { get; init; } = [200];

    /// <summary>Good answers in a row that are wanted.</summary>
    public int Consecutive { get; init; } = 3;

    /// <summary>Pause between two answers.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Response header that names the commit; null: none.</summary>
    public string? CommitHeader { get; init; }

    /// <summary>Regular expression over the body whose first group is the commit; null: none.</summary>
    public string? CommitPattern { get; init; }

    /// <summary>Answers in place of DNS, each <c>host:port:address</c> as curl's --resolve has it; <c>*</c> for any host.</summary>
    public IReadOnlyList<string> Resolve { get; init; } = [];
}

/// <summary>How long and how often a run may try.</summary>
public sealed record BudgetSettings
{
    public TimeSpan Run { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Retries of one rule in one stage.</summary>
    public int PerRule { get; init; } = 3;

    /// <summary>Retries of a whole run.</summary>
    public int PerRun { get; init; } = 12;
}

/// <summary>A failure rule that a user adds; tried before the built-in ones.</summary>
public sealed record FailureRuleSettings
{
    public required string Name { get; init; }
    public string? Tool { get; init; }

    /// <summary>Regular expressions that must all match.</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    public required string Class { get; init; }
    public required string Disposition { get; init; }
    public string Remedy { get; init; } = "";
    public string Next { get; init; } = "";
}

/// <summary>An identity rule that a user adds: how a planned resource of a type gets its import id.</summary>
public sealed record AdoptionRuleSettings
{
    /// <summary>Terraform resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Import id with planned attributes in braces, <c>{bucket}</c> or <c>{cluster_name}:{name}</c>.</summary>
    public required string ImportId { get; init; }

    /// <summary>True: adopt when the name can only belong to this environment, even without the owner tag.</summary>
    public bool NameIsOwn { get; init; }
}
