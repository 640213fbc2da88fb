using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.SecretsManager;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Secrets;

/// <summary>
/// The secret contract of one environment: which secrets must exist, with which keys, by which rules. Values stay here: they go
/// to AWS and to the redactor, never into a finding.
/// </summary>
/// <param name="client">Secrets Manager.</param>
/// <param name="blueprint">Declares the contract, and whose it is.</param>
/// <param name="environment">The run's variables, for sources.</param>
/// <param name="redactor">Learns every value that is read or made.</param>
public sealed class SecretContract(
    AmazonSecretsManagerClient client, Blueprint blueprint, IReadOnlyDictionary<string, string> environment, Redactor redactor) : ISecretContract
{
    // Writers race at most as often as there are runs; more than this is something else.
    private const int MostRaces = 10;

    private readonly Dictionary<string, DateTimeOffset> _written = new(StringComparer.Ordinal);
    private readonly SecretVault _vault = new(client, redactor);

    /// <inheritdoc />
    public async Task<Outcome<string[]>> EnsureAsync(Func<CancellationToken, Task<Failure?>> beforeWrite, CancellationToken ct)
    {
        try
        {
            _vault.BeforeWrite = beforeWrite;
            var findings = await EnsureAsync(ct);
            return SecretFailure.Of(findings) is { } failure
                ? failure
                : findings.Where(finding => finding.State == SecretState.Written).Select(finding => finding.Secret).Distinct().ToArray();
        }
        catch (WriteStoppedException stopped)
        {
            return stopped.Failure;
        }
        finally
        {
            _vault.BeforeWrite = null;
        }
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, DateTimeOffset> Written => _written;

    /// <summary>Looks at every secret and key; writes nothing.</summary>
    public Task<IReadOnlyList<SecretFinding>> CheckAsync(CancellationToken ct) => EachAsync(write: false, ct);

    /// <summary>
    /// Makes the contract hold as far as its sources go: creates and restores secrets, adds missing values, replaces those that
    /// break their rule. A value that satisfies its rule is never touched, nor is a secret that other environments share.
    /// </summary>
    public Task<IReadOnlyList<SecretFinding>> EnsureAsync(CancellationToken ct) => EachAsync(write: true, ct);

    /// <summary>Sets values that a person gives, whatever was there.</summary>
    /// <param name="id">The id as the contract expands it.</param>
    /// <param name="values">Values by key.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="InvalidInputException">The contract has no such secret or key, or a value breaks its rule.</exception>
    public async Task SetAsync(string id, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        foreach (var value in values.Values)
        {
            redactor.Learn(value);
        }

        var declared = blueprint.Configuration.Secrets.FirstOrDefault(secret => blueprint.Expand(secret.Id) == id)
            ?? throw new InvalidInputException($"the contract has no secret '{id}'; it has {string.Join(", ", Ids())}");
        var problems = values
            .Select(pair => declared.Keys.FirstOrDefault(key => key.Name == pair.Key) is { } key
                ? SecretRule.Flaw(key, pair.Value) is { } flaw ? $"the value for '{key.Name}' {flaw}" : null
                : $"the secret '{id}' has no key '{pair.Key}'; it has {string.Join(", ", declared.Keys.Select(known => known.Name))}")
            .OfType<string>().ToList();
        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }

        for (var race = 0; race < MostRaces; race++)
        {
            var stored = await OpenAsync(id, ct);
            if (stored.Values is not { } current)
            {
                throw new InvalidInputException($"the secret '{id}' holds a text that is no JSON object; it is left as it is");
            }

            foreach (var (key, value) in values)
            {
                current[key] = value;
            }

            if (await _vault.WriteAsync(id, stored.Version, current, ct))
            {
                return;
            }
        }

        throw new InvalidInputException($"the secret '{id}' is being written by others all the time; try again");
    }

    private IEnumerable<string> Ids() => blueprint.Configuration.Secrets.Select(secret => blueprint.Expand(secret.Id));

    // Whether the id can only be this environment's: its template says so, the text alone could not (pr-4 is in pr-42).
    private static bool IsOwn(string template) =>
        Template.TryParse(template, out _)?.Names.Any(name => name is "env_id" or "pr" or "branch_slug" or "public_host" or "release" or "namespace") is true;

    /// <summary>A value as a text: a JSON string's content, anything else as JSON.</summary>
    internal static string TextOf(JsonNode value) =>
        value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : value.ToJsonString();

    // A value that mayfly.yaml itself states is no secret, and may well be part of names that people have to read.
    private void SpareWhatIsOpen()
    {
        foreach (var key in blueprint.Configuration.Secrets.SelectMany(secret => secret.Keys))
        {
            if (SecretSource.TryParse(key.From, out _) is SecretSource.Fixed(var template))
            {
                redactor.Spare(blueprint.Expand(template));
            }
        }
    }

    private async Task<IReadOnlyList<SecretFinding>> EachAsync(bool write, CancellationToken ct)
    {
        SpareWhatIsOpen();
        var sources = new SecretSources(_vault, blueprint.Configuration.Directory, blueprint.Variables, environment, redactor);

        // In order: a secret may be copied from one that is declared before it.
        var findings = new List<SecretFinding>();
        foreach (var secret in blueprint.Configuration.Secrets)
        {
            var id = blueprint.Expand(secret.Id);
            try
            {
                findings.AddRange(await OneAsync(secret, id, sources, write, ct));
            }
            catch (AwsException denied) when (AwsErrorCodes.IsDenied(denied.Code))
            {
                findings.Add(new SecretFinding(id, "", SecretState.Broken, SecretLink.Access,
                    $"AWS denies {denied.Operation} ({denied.Code})", $"Allow secretsmanager:{denied.Operation} on it for the role of this run."));
            }
        }

        return findings;
    }

    private async Task<IReadOnlyList<SecretFinding>> OneAsync(SecretSettings secret, string id, SecretSources sources, bool write, CancellationToken ct)
    {
        for (var race = 0; race < MostRaces; race++)
        {
            var stored = await _vault.ReadAsync(id, EnvironmentIdentity.OwnerTag, ct);
            var isOwn = IsOwn(secret.Id);
            if (stored?.Owner is { } owner && owner != blueprint.Environment.Id)
            {
                return [new SecretFinding(id, "", SecretState.Broken, SecretLink.Container, $"it belongs to {owner}", "Give the secret's id a template that names the environment.")];
            }

            if (stored is null or { IsScheduledForDeletion: true })
            {
                if (!write || !isOwn)
                {
                    return [Unusable(id, stored, isOwn)];
                }

                stored = await OpenAsync(id, ct);
            }

            if (stored.Values is not { } values)
            {
                return [new SecretFinding(id, "", SecretState.Broken, SecretLink.Value, "its text is no JSON object", "Write it as a JSON object of keys and values; Mayfly does not overwrite it.")];
            }

            var (findings, changed) = await CompleteAsync(secret, id, values, sources, write && isOwn, ct);
            if (!changed || await _vault.WriteAsync(id, stored.Version, values, ct))
            {
                stored = changed ? await _vault.ReadAsync(id, EnvironmentIdentity.OwnerTag, ct) : stored;
                if (stored?.Written is { } written)
                {
                    _written[id] = written;
                }

                return findings;
            }
        }

        return [new SecretFinding(id, "", SecretState.Broken, SecretLink.Value, "others write it all the time", "Run it again.")];
    }

    private async Task<(IReadOnlyList<SecretFinding> Findings, bool Changed)> CompleteAsync(
        SecretSettings secret, string id, JsonObject values, SecretSources sources, bool write, CancellationToken ct)
    {
        var findings = new List<SecretFinding>();
        var changed = false;
        foreach (var key in secret.Keys)
        {
            var flaw = SecretRule.Flaw(key, values[key.Name] is { } value ? TextOf(value) : null);
            if (flaw is null)
            {
                findings.Add(SecretFinding.Fine(id, key.Name, SecretState.Satisfied));
                continue;
            }

            var source = SecretSource.TryParse(key.From, out _) ?? new SecretSource.Person();
            var sourced = write ? await sources.FetchAsync(source, ct) : new Sourced(null, "");
            if (sourced.Value is { } found && SecretRule.Flaw(key, found) is null)
            {
                values[key.Name] = found;
                changed = true;
                findings.Add(SecretFinding.Fine(id, key.Name, SecretState.Written));
            }
            else if (!key.Required && !values.ContainsKey(key.Name))
            {
                findings.Add(SecretFinding.Fine(id, key.Name, SecretState.Absent));
            }
            else
            {
                var why = sourced.Value is { } bad ? $"; what {key.From} gives {SecretRule.Flaw(key, bad)}" : sourced.Why.Length > 0 ? $"; {sourced.Why}" : "";
                findings.Add(new SecretFinding(id, key.Name, SecretState.Broken, SecretLink.Value, flaw + why, Advice(id, key, source, write)));
            }
        }

        return (findings, changed);
    }

    private string Advice(string id, SecretKeySettings key, SecretSource source, bool written) => source switch
    {
        SecretSource.Variable(var name) when written => $"Set the variable {name}, or: {Command(id, key)}",
        SecretSource.Person => Command(id, key),
        _ when !written => "mayfly secrets ensure",
        _ => Command(id, key),
    };

    // The value is asked for, or comes over standard input; it never stands in a command.
    private string Command(string id, SecretKeySettings key) => $"mayfly secrets set --pr {blueprint.Environment.PullRequest.Number} {id} {key.Name}";

    private static SecretFinding Unusable(string id, StoredSecret? stored, bool isOwn) => new(
        id, "", SecretState.Broken, SecretLink.Container,
        stored is null ? "it does not exist" : "it is scheduled for deletion",
        isOwn ? "mayfly secrets ensure" : "Create it; environments share it, so Mayfly does not.");

    // The secret, made or restored when it must be.
    private async Task<StoredSecret> OpenAsync(string id, CancellationToken ct)
    {
        var stored = await _vault.ReadAsync(id, EnvironmentIdentity.OwnerTag, ct);
        if (stored is { IsScheduledForDeletion: true })
        {
            await _vault.RestoreAsync(id, ct);
        }
        else if (stored is null)
        {
            var tags = new Dictionary<string, string>
            {
                [EnvironmentIdentity.OwnerTag] = blueprint.Environment.Id,
                [EnvironmentIdentity.ProjectTag] = blueprint.Configuration.Project,
            };
            await _vault.CreateAsync(id, tags, ct);
        }
        else
        {
            return stored;
        }

        return await _vault.ReadAsync(id, EnvironmentIdentity.OwnerTag, ct)
            ?? throw new AwsException("ResourceNotFoundException", $"The secret {id} was deleted while it was being written.");
    }
}
