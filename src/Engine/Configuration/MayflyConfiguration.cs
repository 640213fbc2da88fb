namespace Mayfly.Engine.Configuration;

/// <summary>A repository's <c>mayfly.yaml</c>, checked. Paths are relative to <see cref="Directory"/>; durations are written 90s, 10m, 2h.</summary>
/// <remarks>Strings called templates may hold <c>{env_id}</c>, <c>{pr}</c>, <c>{branch}</c>, <c>{branch_slug}</c>, <c>{public_host}</c>,
/// <c>{commit}</c>, <c>{release}</c>, <c>{namespace}</c>, <c>{project}</c>, <c>{region}</c>, <c>{account}</c>, <c>{zone}</c> and
/// <c>{cloud.charts}</c>, <c>{cloud.registry}</c>; an unknown name is an error of the configuration.</remarks>
public sealed record MayflyConfiguration
{
    /// <summary>The format's version; 1.</summary>
    [Between(1, 1)]
    public int Version { get; init; } = 1;

    /// <summary>Tells several installations in one account apart; a tag's value and part of object keys.</summary>
    [Matches("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", "1 to 40 lower-case letters, digits and inner hyphens")]
    public required string Project { get; init; }

    /// <summary>Where the file lies; everything relative is relative to it.</summary>
    [NotAKey]
    public string Directory { get; init; } = "";

    /// <summary>Names of an environment.</summary>
    public EnvironmentSettings Environment { get; init; } = new();

    /// <summary>The account to work in.</summary>
    public AwsSettings Aws { get; init; } = new();

    /// <summary>Where the outside world is, when it is elsewhere.</summary>
    public CloudSettings Cloud { get; init; } = new();

    /// <summary>Where the Terraform state, the lease and the journal lie.</summary>
    public StateSettings State { get; init; } = new();

    /// <summary>How Terraform is run.</summary>
    public TerraformSettings Terraform { get; init; } = new();

    /// <summary>How the application is installed.</summary>
    public HelmSettings Helm { get; init; } = new();

    /// <summary>The secret contract.</summary>
    public IReadOnlyList<SecretSettings> Secrets { get; init; } = [];

    /// <summary>What must hold in the cluster before a deployment is tried.</summary>
    public PreflightSettings Preflight { get; init; } = new();

    /// <summary>The hard gate.</summary>
    public VerifySettings Verify { get; init; } = new();

    /// <summary>How long and how often a run may try.</summary>
    public BudgetSettings Budget { get; init; } = new();

    /// <summary>What Mayfly does on GitHub.</summary>
    public GitHubSettings Github { get; init; } = new();

    /// <summary>Failure rules of your own, tried before the built-in ones.</summary>
    public IReadOnlyList<FailureRuleSettings> Failures { get; init; } = [];

    /// <summary>Identity rules of your own, tried before the built-in ones.</summary>
    public IReadOnlyList<AdoptionRuleSettings> Adoption { get; init; } = [];
}

/// <summary>Names of an environment.</summary>
public sealed record EnvironmentSettings
{
    /// <summary>Template of the host that people open.</summary>
    [Template(TemplateNames.Host)]
    public string PublicHost { get; init; } = "{env_id}-{branch_slug}-unstable.jetscale.ai";

    /// <summary>The DNS zone in Route 53 that holds the host.</summary>
    [Matches(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", "a DNS name in lower case")]
    public string Zone { get; init; } = "jetscale.ai";

    /// <summary>How long an environment lives unless somebody extends it; null: until its pull request closes.</summary>
    public TimeSpan? Ttl { get; init; }
}

/// <summary>The account to work in.</summary>
public sealed record AwsSettings
{
    /// <summary>AWS region.</summary>
    [Matches("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", "a region like eu-central-1")]
    public string Region { get; init; } = "us-east-1";

    /// <summary>The account's 12 digits; a run in another one is refused. Null: any.</summary>
    [Matches("^[0-9]{12}$", "12 digits")]
    public string? Account { get; init; }

    /// <summary>ARN of a role that a workflow assumes with GitHub's identity token (<c>id-token: write</c>), anew for as long as a run takes. Elsewhere, and when null: the credentials that are there.</summary>
    [Matches("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", "the ARN of a role")]
    public string? Role { get; init; }
}

/// <summary>Where the outside world is when it is not where AWS and the internet have it: a private partition, a mirror, the local cloud.</summary>
public sealed record CloudSettings
{
    /// <summary>One endpoint for every AWS service; null: AWS's own rules, AWS_ENDPOINT_URL included.</summary>
    [Matches("^https?://.+$", "a URL that starts with http:// or https://")]
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
    [Between(1, 65535)]
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
    [Template]
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

    /// <summary>Oldest version that is accepted.</summary>
    public string MinVersion { get; init; } = "1.10.0";

    /// <summary><c>readonly</c>: the repository's lock file is used and never changed; <c>ignore</c>: providers come from a private mirror, whose checksums are others.</summary>
    [Choices("readonly", "ignore")]
    public string LockFile { get; init; } = "readonly";

    /// <summary>Applied in this order, destroyed in the reverse.</summary>
    public IReadOnlyList<LayerSettings> Layers { get; init; } = [];

    /// <summary>Input variables; strings inside are templates. Passed in a file, never as arguments.</summary>
    [Template]
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();
}

/// <summary>One part of the infrastructure: a root module, or some targets of one.</summary>
public sealed record LayerSettings
{
    /// <summary>Name of the layer, in events and commands.</summary>
    [Matches("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", "lower-case letters, digits and inner hyphens")]
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
    [Template]
    public string Release { get; init; } = "{env_id}";

    /// <summary>Template of the namespace.</summary>
    [Template]
    public string Namespace { get; init; } = "{env_id}";

    /// <summary>How long helm waits for the release.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Values files, later wins.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Runtime overrides, laid over the files last: a tree whose strings and keys are templates. A null deletes a key, as Helm has it.</summary>
    [Template]
    public IReadOnlyDictionary<string, object?> Overrides { get; init; } = new Dictionary<string, object?>();

    /// <summary>Paths of keyed host maps and host lists (<c>app.ingress.hosts</c>): keys and entries that files set are removed before the overrides are laid on.</summary>
    public IReadOnlyList<string> HostPaths { get; init; } = [];

    /// <summary>Whether a repair may delete what cannot be made again: volume claims, and objects of operators.</summary>
    public bool AllowDataLoss { get; init; }
}
