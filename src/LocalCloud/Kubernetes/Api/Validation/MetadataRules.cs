using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What holds for the metadata of every object: names, labels, and what never changes.</summary>
internal static partial class MetadataRules
{
    private const string SubdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
        "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string ServiceMessage =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character " +
        "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string LabelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string KeyMessage =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    public static void Validate(ResourceType type, JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (before is null)
        {
            Name(type, value.Text("metadata", "name") ?? "", errors);
        }

        Labels(value.Map("metadata", "labels"), "metadata.labels", errors);
        foreach (var (key, _) in value.Map("metadata", "annotations") ?? [])
        {
            Key(key.ToLowerInvariant(), key, "metadata.annotations", errors);
        }

        var index = 0;
        foreach (var owner in value.Items("metadata", "ownerReferences"))
        {
            foreach (var field in new[] { "apiVersion", "kind", "name", "uid" }.Where(field =>
                string.IsNullOrEmpty(owner.Text(field))))
            {
                errors.Add(FieldError.Invalid($"metadata.ownerReferences[{index}].{field}", owner.Text(field)
                    ?? "", $"{(field == "apiVersion" ? "version" : field)} must not be empty"));
            }

            index++;
        }

        if (value.Items("metadata", "ownerReferences").Count(owner => owner.Flag("controller") is true) > 1)
        {
            errors.Add(FieldError.InvalidText("metadata.ownerReferences", "[]v1.OwnerReference",
                "Only one reference can have Controller set to true"));
        }
    }

    public static void Labels(JsonObject? labels, string path, List<FieldError> errors)
    {
        foreach (var (key, node) in labels ?? [])
        {
            Key(key, key, path, errors);
            var text = node.Text() ?? "";
            if (text.Length > 63)
            {
                errors.Add(FieldError.Invalid(path, text, "must be no more than 63 characters"));
            }

            if (!LabelValue().IsMatch(text))
            {
                errors.Add(FieldError.Invalid(path, text, LabelValueMessage));
            }
        }
    }

    private static void Key(string key, string shown, string path, List<FieldError> errors)
    {
        var slash = key.IndexOf('/');
        var name = key[(slash + 1)..];
        if (name.Length is 0 or > 63 || !KeyName().IsMatch(name))
        {
            errors.Add(FieldError.Invalid(path, shown, name.Length == 0 ? "name part must be non-empty"
                : name.Length > 63 ? "name part must be no more than 63 characters" : KeyMessage));
        }

        if (slash >= 0 && !Subdomain().IsMatch(key[..slash]))
        {
            errors.Add(FieldError.Invalid(path, shown, "prefix part " + SubdomainMessage));
        }
    }

    private static void Name(ResourceType type, string name, List<FieldError> errors)
    {
        const string Path = "metadata.name";
        switch (type.Storage)
        {
            case "namespaces":
                Check(name, Label(), 63, LabelMessage);
                break;
            case "services":
                Check(name, ServiceName(), 63, ServiceMessage);
                break;
            case var storage when storage.StartsWith("rbac.authorization.k8s.io/", StringComparison.Ordinal):
                if (name is "." or ".." || name.Contains('/') || name.Contains('%'))
                {
                    errors.Add(FieldError.Invalid(Path, name, "may not contain '/'"));
                }

                break;
            case "batch/cronjobs" when name.Length > 52:
                errors.Add(FieldError.Invalid(Path, name, "must be no more than 52 characters"));
                break;
            default:
                Check(name, Subdomain(), 253, SubdomainMessage);
                break;
        }

        void Check(string text, Regex form, int longest, string message)
        {
            if (text.Length > longest)
            {
                errors.Add(FieldError.Invalid(Path, text, $"must be no more than {longest} characters"));
            }

            if (!form.IsMatch(text))
            {
                errors.Add(FieldError.Invalid(Path, text, message));
            }
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"\A(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex KeyName();
}
