using Mayfly.Engine.Environments;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Configuration;

/// <summary>Checks what takes more than one setting, or the disk, to see.</summary>
/// <param name="configuration">The configuration as read; what was wrong by itself has its default.</param>
/// <param name="place">Where a setting was written.</param>
internal sealed class ConfigurationChecks(MayflyConfiguration configuration, Func<string, ValueOrigin> place)
{
    /// <summary>Every problem, in no particular order.</summary>
    public IEnumerable<ValueProblem> Problems() =>
        [.. State(), .. Host(), .. Layers(), .. Helm(), .. Secrets(), .. Adoption(), .. Verify()];

    private IEnumerable<ValueProblem> State()
    {
        var (bucket, path) = (configuration.State.Bucket, configuration.State.Path);
        if ((bucket is null) == (path is null))
        {
            yield return At("state", bucket is null
                ? "'state' needs a 'bucket', or a 'path' for one machine"
                : "'state' has a 'bucket' and a 'path'; it takes one of them");
        }

        if (configuration.State.LockTable is not null && bucket is null)
        {
            yield return At("state.lock_table", "'state.lock_table' needs a 'bucket'");
        }
    }

    private IEnumerable<ValueProblem> Host()
    {
        string? problem = null;
        try
        {
            // The longest number that a pull request can have leaves the least room.
            EnvironmentNames.Create(new PullRequest(int.MaxValue, "A branch that is cut", null), configuration);
        }
        catch (InvalidInputException invalid)
        {
            problem = invalid.Problems[0];
        }

        // An unknown name was found by its own rule already.
        if (problem is not null && !problem.Contains("is no variable", StringComparison.Ordinal) && !problem.Contains("character ", StringComparison.Ordinal))
        {
            yield return At("environment.public_host", problem);
        }

        var (host, zone) = (configuration.Environment.PublicHost, configuration.Environment.Zone);
        if (!host.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase) && !host.EndsWith(".{zone}", StringComparison.Ordinal))
        {
            yield return At("environment.public_host", $"the public host '{host}' does not lie in the zone '{zone}'");
        }
    }

    private IEnumerable<ValueProblem> Layers()
    {
        var layers = configuration.Terraform.Layers;
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers.Take(i).Any(layer => layer.Name == layers[i].Name))
            {
                yield return At($"terraform.layers[{i}].name", $"two layers are called '{layers[i].Name}'");
            }

            if (layers[i].Root.Length > 0 && Missing(layers[i].Root, Existing.TerraformRoot) is { } missing)
            {
                yield return At($"terraform.layers[{i}].root", missing);
            }
        }
    }

    private IEnumerable<ValueProblem> Helm()
    {
        if (Missing(configuration.Helm.Chart, Existing.Chart) is { } missing)
        {
            yield return At("helm.chart", missing);
        }

        for (var i = 0; i < configuration.Helm.Values.Count; i++)
        {
            if (Missing(configuration.Helm.Values[i], Existing.File) is { } file)
            {
                yield return At($"helm.values[{i}]", file);
            }
        }

        for (var i = 0; i < configuration.Helm.HostPaths.Count; i++)
        {
            if (ValuePath.TryParse(configuration.Helm.HostPaths[i], out var flaw) is null)
            {
                yield return At($"helm.host_paths[{i}]", $"'helm.host_paths[{i}]': {flaw}");
            }
        }
    }

    private IEnumerable<ValueProblem> Secrets()
    {
        for (var i = 0; i < configuration.Secrets.Count; i++)
        {
            var secret = configuration.Secrets[i];
            if (configuration.Secrets.Take(i).Any(other => other.Id == secret.Id))
            {
                yield return At($"secrets[{i}].id", $"two entries are for the secret '{secret.Id}'");
            }

            for (var j = 0; j < secret.Keys.Count; j++)
            {
                var path = $"secrets[{i}].keys[{j}]";
                if (secret.Keys.Take(j).Any(other => other.Name == secret.Keys[j].Name))
                {
                    yield return At($"{path}.name", $"'{secret.Id}' has two keys called '{secret.Keys[j].Name}'");
                }

                var template = SecretSource.TryParse(secret.Keys[j].From, out _) switch
                {
                    SecretSource.Fixed text => text.Template,
                    SecretSource.OtherSecret other => other.Id,
                    _ => "",
                };
                if (ConfigurationRules.TemplateFlaw(template, TemplateNames.All) is { } flaw)
                {
                    yield return At($"{path}.from", $"'{path}.from': {flaw}");
                }
            }
        }
    }

    private IEnumerable<ValueProblem> Adoption()
    {
        for (var i = 0; i < configuration.Adoption.Count; i++)
        {
            if (configuration.Adoption.Take(i).Any(other => other.Type == configuration.Adoption[i].Type))
            {
                yield return At($"adoption[{i}].type", $"two rules are for '{configuration.Adoption[i].Type}'");
            }
        }
    }

    private IEnumerable<ValueProblem> Verify()
    {
        if (configuration.Verify.Status.Count == 0)
        {
            yield return At("verify.status", "'verify.status' names no status; nothing would count as an answer");
        }

        if (configuration.Verify.CommitHeader is not null && configuration.Verify.CommitPattern is not null)
        {
            yield return At("verify.commit_pattern", "'verify' has a 'commit_header' and a 'commit_pattern'; it takes one of them");
        }
    }

    private string? Missing(string relative, Existing what)
    {
        var full = Path.Combine(configuration.Directory, relative);
        return what switch
        {
            Existing.File => File.Exists(full) ? null : $"the file '{relative}' does not exist",
            Existing.Chart => File.Exists(Path.Combine(full, "Chart.yaml")) ? null
                : Directory.Exists(full) ? $"the directory '{relative}' holds no Chart.yaml" : $"the chart '{relative}' does not exist",
            _ => !Directory.Exists(full) ? $"the Terraform root '{relative}' does not exist"
                : Directory.EnumerateFiles(full, "*.tf").Concat(Directory.EnumerateFiles(full, "*.tf.json")).Any() ? null
                : $"the directory '{relative}' holds no Terraform file",
        };
    }

    // A setting that is not written is complained about where its parent is.
    private ValueProblem At(string path, string message)
    {
        var origin = place(path);
        for (var cut = path.LastIndexOf('.'); origin == place("") && cut > 0; cut = path.LastIndexOf('.', cut - 1))
        {
            origin = place(path[..cut]);
        }

        return new ValueProblem(origin, message);
    }

    private enum Existing
    {
        File,
        Chart,
        TerraformRoot,
    }
}
