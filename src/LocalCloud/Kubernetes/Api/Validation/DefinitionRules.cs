using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Rules of custom resource definitions.</summary>
internal static class DefinitionRules
{
    public static void Definition(JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        var (group, plural) = (value.Text("spec", "group") ?? "", value.Text("spec", "names", "plural") ?? "");
        foreach (var name in new[] { "kind", "plural" }.Where(name =>
            string.IsNullOrEmpty(value.Text("spec", "names", name))))
        {
            errors.Add(FieldError.Required($"spec.names.{name}"));
        }

        if (value.Text("metadata", "name") != $"{plural}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", value.Text("metadata", "name")
                ?? "", "must be spec.names.plural+\".\"+spec.group"));
        }

        BuiltInRules.OneOf(value.Text("spec", "scope") ?? "", "spec.scope", errors, "Cluster", "Namespaced");
        var versions = value.Items("spec", "versions").ToList();
        if (versions.Count(version => version.Flag("storage") is true) != 1)
        {
            errors.Add(FieldError.InvalidText("spec.versions", "[]apiextensions.CustomResourceDefinitionVersion",
                "must have exactly one version marked as storage version"));
        }

        BuiltInRules.Unique(versions, "spec.versions", "name", errors);
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Map("schema", "openAPIV3Schema") is not { } schema)
            {
                errors.Add(FieldError.Required($"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required"));
            }
            else if (schema.Text("type") != "object")
            {
                errors.Add(schema.Text("type") is null
                    ? FieldError.Required($"spec.versions[{i}].schema.openAPIV3Schema.type",
                        "must not be empty at the root")
                    : FieldError.Invalid($"spec.versions[{i}].schema.openAPIV3Schema.type", schema.Text("type"),
                        "must be object at the root"));
            }
        }

        if (before is not null)
        {
            BuiltInRules.Immutable(value, before, "spec.group", errors);
            BuiltInRules.Immutable(value, before, "spec.scope", errors);
            BuiltInRules.Immutable(value, before, "spec.names.plural", errors);
            BuiltInRules.Immutable(value, before, "spec.names.kind", errors);
        }
    }
}
