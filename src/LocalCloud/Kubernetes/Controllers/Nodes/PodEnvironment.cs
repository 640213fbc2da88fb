using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>A container cannot be made from its specification; the message is the kubelet's.</summary>
internal sealed class ContainerConfigException(string message) : Exception(message);

/// <summary>Makes a container's variables and arguments of its specification.</summary>
internal sealed partial class PodEnvironment(V1Pod pod, PodFiles files, string address)
{
    /// <summary>Its variables; throws when something that it needs is not there.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(V1Container container, CancellationToken ct)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var read = new Dictionary<(string Kind, string Name), IReadOnlyDictionary<string, byte[]>?>();
        async Task<IReadOnlyDictionary<string, byte[]>?> DataAsync(string kind, string name)
        {
            if (!read.TryGetValue((kind, name), out var data))
            {
                read[(kind, name)] = data = await files.DataAsync(kind, name, ct);
            }

            return data;
        }

        foreach (var source in container.EnvFrom ?? [])
        {
            var (kind, name, optional) = source.SecretRef is { } secret
                ? ("secret", secret.Name, secret.Optional)
                : ("configmap", source.ConfigMapRef!.Name, source.ConfigMapRef.Optional);
            var data = await DataAsync(kind, name);
            if (data is null && optional != true)
            {
                throw new ContainerConfigException($"{kind} \"{name}\" not found");
            }

            foreach (var (key, value) in data ?? new Dictionary<string, byte[]>())
            {
                variables[source.Prefix + key] = Encoding.UTF8.GetString(value);
            }
        }

        foreach (var variable in container.Env ?? [])
        {
            var value = variable.ValueFrom is null ? Expand(variable.Value ?? "", variables) : await ValueAsync(variable, container, DataAsync);
            if (value is not null)
            {
                variables[variable.Name] = value;
            }
        }

        return variables;
    }

    /// <summary>Its command line, <c>$(NAME)</c> replaced.</summary>
    public static IReadOnlyList<string> Arguments(V1Container container, IReadOnlyDictionary<string, string> variables) =>
        [.. (container.Command ?? []).Concat(container.Args ?? []).Select(argument => Expand(argument, variables))];

    private async Task<string?> ValueAsync(V1EnvVar variable, V1Container container, Func<string, string, Task<IReadOnlyDictionary<string, byte[]>?>> dataAsync)
    {
        var source = variable.ValueFrom;
        if (source.FieldRef is { } field)
        {
            return files.Field(field.FieldPath, address) ?? "";
        }

        if (source.ResourceFieldRef is { } resource)
        {
            return Resource(container, resource);
        }

        var (kind, name, key, optional) = source.SecretKeyRef is { } secret
            ? ("secret", secret.Name, secret.Key, secret.Optional)
            : ("configmap", source.ConfigMapKeyRef!.Name, source.ConfigMapKeyRef.Key, source.ConfigMapKeyRef.Optional);
        var data = await dataAsync(kind, name);
        if (data is not null && data.TryGetValue(key, out var value))
        {
            return Encoding.UTF8.GetString(value);
        }

        if (optional == true)
        {
            return null;
        }

        throw new ContainerConfigException(data is null
            ? $"{kind} \"{name}\" not found"
            : $"couldn't find key {key} in {(kind == "secret" ? "Secret" : "ConfigMap")} {pod.Metadata.NamespaceProperty}/{name}");
    }

    private static string Resource(V1Container container, V1ResourceFieldSelector wanted)
    {
        var parts = wanted.Resource.Split('.', 2);
        var map = parts[0] == "limits" ? container.Resources?.Limits : container.Resources?.Requests;
        if (map is null || !map.TryGetValue(parts[1], out var quantity))
        {
            return "0";
        }

        // The default divisor is one whole unit, rounded up.
        var divisor = wanted.Divisor?.ToDecimal() is { } given and > 0 ? given : 1;
        return Math.Ceiling(quantity.ToDecimal() / divisor).ToString(CultureInfo.InvariantCulture);
    }

    private static string Expand(string text, IReadOnlyDictionary<string, string> variables) => text.Contains("$(", StringComparison.Ordinal)
        ? Reference().Replace(text, match => match.Value.StartsWith("$$", StringComparison.Ordinal)
            ? match.Value[1..]
            : variables.GetValueOrDefault(match.Groups["name"].Value, match.Value))
        : text;

    [GeneratedRegex(@"\$?\$\((?<name>[-._a-zA-Z0-9]+)\)")]
    private static partial Regex Reference();
}
