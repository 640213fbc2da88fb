using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>Definitions in a chart's <c>crds/</c> that are missing or older than the chart needs.</summary>
[Collection(nameof(DeployCollection))]
[Trait("Length", "long")]
public sealed class DefinitionTests(DeployCluster cluster)
{
    public static TheoryData<string> Majors => HelmTool.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_definition_gets_what_the_chart_needs_and_loses_nothing(string major)
    {
        await using var rig = cluster.Rig(major);
        var kind = $"Widget{major}";
        rig.ChartFile("crds/widgets.yaml", Definition(kind, ("v1", "{ size: { type: string } }", true)))
            .Template($"apiVersion: deploy.example.com/v1\nkind: {kind}\nmetadata: {{ name: one }}\nspec: {{ size: large }}\n");
        await rig.HealsAsync();

        // Somebody else has added a field to it since.
        var path = $"apis/apiextensions.k8s.io/v1/customresourcedefinitions/widget{major}s.deploy.example.com";
        await rig.SendAsync(
            HttpMethod.Patch, path,
            """[{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/colour","value":{"type":"string"}}]""",
            "application/json-patch+json");
        rig.ChartFile("crds/widgets.yaml", Definition(kind, ("v2", "{ size: { type: string }, weight: { type: integer } }", true)))
            .Template($"apiVersion: deploy.example.com/v2\nkind: {kind}\nmetadata: {{ name: one }}\nspec: {{ size: large, weight: 7 }}\n");
        await rig.HealsAsync();

        var definition = (await rig.GetAsync(path))!;
        Assert.Equal(["v2", "v1"], definition["spec"]!["versions"]!.AsArray().Select(version => (string?)version!["name"]));
        Assert.Equal([true, false], definition["spec"]!["versions"]!.AsArray().Select(version => (bool)version!["storage"]!));
        Assert.NotNull(definition["spec"]!["versions"]![1]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["colour"]);
        Assert.Contains("v1", definition["status"]!["storedVersions"]!.AsArray().Select(version => (string?)version));
        Assert.Equal(7, (int?)(await rig.GetAsync($"apis/deploy.example.com/v2/namespaces/{rig.Name}/widget{major}s/one"))!["spec"]!["weight"]);
        Assert.Contains("is older than the chart needs", rig.Story, StringComparison.Ordinal);
    }

    private static string Definition(string kind, params (string Name, string Fields, bool Storage)[] versions) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: { name: {{kind.ToLowerInvariant()}}s.deploy.example.com }
        spec:
          group: deploy.example.com
          scope: Namespaced
          names: { kind: {{kind}}, plural: {{kind.ToLowerInvariant()}}s, singular: {{kind.ToLowerInvariant()}} }
          versions:
        {{string.Join('\n', versions.Select(version =>
            $"  - {{ name: {version.Name}, served: true, storage: {(version.Storage ? "true" : "false")}, schema: {{ openAPIV3Schema: {{ type: object, properties: {{ spec: {{ type: object, properties: {version.Fields} }} }} }} }} }}"))}}
        """;
}
