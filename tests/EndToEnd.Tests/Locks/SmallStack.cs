using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Mayfly.Aws;
using Mayfly.Engine;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Locks;

/// <summary>How terraform locks the state of a stack.</summary>
public enum LockKind
{
    File,
    Table,
    Both,
}

/// <summary>
/// A repository whose whole infrastructure is one command, so that a test decides how long a real terraform holds its real lock.
/// Bucket and table are of its own, in a moto that others may use too.
/// </summary>
public sealed class SmallStack : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-stack");
    private readonly string _name = $"stack-{Guid.NewGuid():n}"[..20];

    public SmallStack(AwsSession session, LockKind kind, TimeSpan leaseTtl, TimeSpan lockAge, string command)
    {
        (Session, Kind) = (session, kind);
        Directory.CreateDirectory(PathOf("infra"));
        File.WriteAllText(PathOf("infra/main.tf"), """
            variable "command" {
              type = string
            }

            resource "terraform_data" "work" {
              triggers_replace = [var.command]

              provisioner "local-exec" {
                command = var.command
              }
            }
            """);
        Directory.CreateDirectory(PathOf("charts/app"));
        File.WriteAllText(PathOf("charts/app/Chart.yaml"), "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        Write(leaseTtl, lockAge, command);
    }

    public AwsSession Session { get; }

    public LockKind Kind { get; }

    public string Folder => _folder.FullName;

    public string Home => PathOf("home");

    /// <summary>Key of the state object.</summary>
    public string StateKey => "mayfly/small/pr-7/infra.tfstate";

    public string Bucket => _name;

    public string PathOf(string relative) => Path.Combine(_folder.FullName, relative);

    /// <summary>What every program of a test sees of AWS.</summary>
    public Dictionary<string, string> Variables => new(StringComparer.Ordinal)
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIATESTTESTTESTTEST",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_REGION"] = "us-east-1",
        ["MAYFLY_HOME"] = Home,
        ["CHECKPOINT_DISABLE"] = "1",
    };

    /// <summary>Writes the configuration.</summary>
    public void Write(TimeSpan leaseTtl, TimeSpan lockAge, string command) => File.WriteAllText(PathOf("mayfly.yaml"), $"""
        project: small
        cloud:
          aws_endpoint: {Endpoint}
        state:
          bucket: {_name}
          use_lockfile: {(Kind is LockKind.Table ? "false" : "true")}
          {(Kind is LockKind.File ? "" : $"lock_table: {_name}")}
          lease_ttl: {leaseTtl.TotalSeconds:0}s
          lock_age: {lockAge.TotalSeconds:0}s
        terraform:
          layers:
            - name: all
              root: infra
          variables:
            command: {new JsonObject { ["c"] = command }["c"]!.ToJsonString()}
        """);

    /// <summary>Makes the bucket and the table.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        using var s3 = Session.CreateS3();
        await s3.PutBucketAsync(_name, ct);
        if (Kind is LockKind.File)
        {
            return;
        }

        using var dynamo = Session.CreateDynamoDb();
        await dynamo.CreateTableAsync(new CreateTableRequest
        {
            TableName = _name,
            KeySchema = [new KeySchemaElement("LockID", KeyType.HASH)],
            AttributeDefinitions = [new AttributeDefinition("LockID", ScalarAttributeType.S)],
            BillingMode = BillingMode.PAY_PER_REQUEST,
        }, ct);
    }

    /// <summary>The engine's parts over it, as a run of its own has them.</summary>
    /// <param name="around">Something to put around the programs' runner.</param>
    public (World World, Blueprint Blueprint) Engine(Func<IToolRunner, IToolRunner>? around = null)
    {
        var configuration = ConfigurationLoader.Load(PathOf("mayfly.yaml"));
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in Variables)
        {
            variables[name] = value;
        }

        var world = new World(
            TimeProvider.System, Home, new ToolEnvironment(variables), new ToolsWith(around?.Invoke(new ToolRunner(TimeProvider.System)) ?? new ToolRunner(TimeProvider.System), Variables), Session,
            new AwsAccount(Session), new S3Store(Session.CreateS3(), _name, TimeProvider.System), new HttpProbe(new NameResolver(null, []), null));
        var names = EnvironmentNames.Create(new PullRequest(7, "small", null), configuration);
        return (world, new Blueprint(configuration, names));
    }

    /// <summary>Whether somebody holds the state's lock: an object, a row.</summary>
    public async Task<(bool File, bool Row)> LockedAsync(CancellationToken ct)
    {
        var store = new S3Store(Session.CreateS3(), _name, TimeProvider.System);
        var file = await store.GetAsync(StateKey + ".tflock", ct) is not null;
        if (Kind is LockKind.File)
        {
            return (file, false);
        }

        using var dynamo = Session.CreateDynamoDb();
        var row = await dynamo.GetItemAsync(_name, new Dictionary<string, AttributeValue> { ["LockID"] = new($"{_name}/{StateKey}") }, ct);
        return (file, row.Item is { Count: > 0 });
    }

    /// <summary>Moves the time at which terraform says that it took the lock.</summary>
    public async Task ShiftLockAsync(TimeSpan by, CancellationToken ct)
    {
        var store = new S3Store(Session.CreateS3(), _name, TimeProvider.System);
        if (await store.GetAsync(StateKey + ".tflock", ct) is { } file)
        {
            await store.PutAsync(StateKey + ".tflock", Encoding.UTF8.GetBytes(Shifted(Encoding.UTF8.GetString(file.Content.Span), by)), PutCondition.Always, ct);
        }

        if (Kind is not LockKind.File)
        {
            using var dynamo = Session.CreateDynamoDb();
            var key = new Dictionary<string, AttributeValue> { ["LockID"] = new($"{_name}/{StateKey}") };
            var row = (await dynamo.GetItemAsync(_name, key, ct)).Item;
            row["Info"] = new AttributeValue(Shifted(row["Info"].S, by));
            await dynamo.PutItemAsync(_name, row, ct);
        }
    }

    private static string Shifted(string info, TimeSpan by)
    {
        var json = JsonNode.Parse(info)!;
        json["Created"] = (DateTimeOffset.Parse((string)json["Created"]!, CultureInfo.InvariantCulture) + by).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return json.ToJsonString();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Endpoint => Session.Options.Endpoint!.AbsoluteUri.TrimEnd('/');

    /// <summary>Starts programs with some variables more.</summary>
    private sealed class ToolsWith(IToolRunner tools, Dictionary<string, string> variables) : IToolRunner
    {
        public Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
        {
            var environment = new Dictionary<string, string?>(call.Environment, StringComparer.Ordinal);
            foreach (var (name, value) in variables)
            {
                environment.TryAdd(name, value);
            }

            return tools.RunAsync(call with { Environment = environment }, ct);
        }
    }
}
