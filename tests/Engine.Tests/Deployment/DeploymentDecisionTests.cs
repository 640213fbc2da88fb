using System.Text.Json.Nodes;
using Mayfly.Engine.Deployment;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Deployment;

public sealed class DeploymentDecisionTests
{
    [Fact]
    public void A_manifest_is_read_with_hooks_definitions_lists_and_their_sources()
    {
        var objects = ChartObject.ReadAll("""
            ---
            # Source: app/crds/widgets.yaml
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: widgets.example.com }
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: gadgets.example.com }
            ---
            # Source: app/templates/all.yaml
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: templated.example.com }
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: { name: hook, annotations: { helm.sh/hook: pre-install, helm.sh/hook-delete-policy: "hook-succeeded, hook-failed" } }
            ---
            apiVersion: v1
            kind: ConfigMapList
            items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: one, namespace: other } }]
            ---
            just: values
            ---
            """);

        Assert.Equal(["widgets.example.com", "gadgets.example.com", "templated.example.com", "hook", "one"], objects.Select(one => one.Reference.Name));
        Assert.Equal([true, true, false, false, false], objects.Select(one => one.IsFromCrds));
        Assert.Equal([false, false, false, true, false], objects.Select(one => one.IsHook));
        Assert.False(objects[3].IsReplacedByHelm);
        Assert.Equal("other", objects[4].Reference.Namespace);
    }

    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":2}}""", """{"spec":{"a":2}}""")]
    [InlineData("""{"spec":{"a":1,"b":{"c":1}}}""", """{"spec":{"a":1,"b":{}}}""", """{"spec":{"a":1,"b":{"c":null}}}""")]
    [InlineData("""{"spec":{"list":[1,2]}}""", """{"spec":{"list":[2]}}""", """{"spec":{"list":[2]}}""")]
    public void A_change_says_what_is_wanted_and_takes_back_what_no_longer_is(string before, string wanted, string patch) =>
        Assert.Equal(patch, Refusals.Change(JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(wanted)!.AsObject()).ToJsonString());

    [Theory]
    [InlineData("what was asked for", "v1:true:{size}", "v1:true:{size}", null)]
    [InlineData("more than was asked for", "v1:true:{size,colour}", "v1:true:{size}", null)]
    [InlineData("a field less", "v1:true:{size}", "v1:true:{size,weight}", "v1:true:{size,weight}")]
    [InlineData("a field less and one more", "v1:true:{size,colour}", "v1:true:{size,weight}", "v1:true:{size,weight,colour}")]
    [InlineData("a version less", "v1:true:{size}", "v2:true:{size}", "v2:true:{size} v1:false:{size}")]
    [InlineData("a newer version", "v1:false:{size} v2:true:{size}", "v1:true:{size}", null)]
    [InlineData("nothing", "", "v1:true:{size}", "v1:true:{size}")]
    public void A_definition_that_is_there_with_something_else_gets_what_it_lacks(string there, string live, string wanted, string? applied)
    {
        var made = Definitions.Complete(live.Length == 0 ? null : Definition(live), Definition(wanted));

        Assert.True(applied == (made is null ? null : Text(made)), $"{there}: {made?.ToJsonString()}");
        Assert.True(made is null || Definitions.Complete(made, Definition(wanted)) is null, "a second look finds nothing more");
    }

    [Fact]
    public void Helms_error_stands_first_and_in_one_line()
    {
        Assert.Equal(
            ["Error: UPGRADE FAILED: Service \"x\" is invalid; two is wrong as well"],
            HelmText.Errors(["Release \"x\" does not exist. Installing it now.", "Error: UPGRADE FAILED: 2 errors occurred:", "\t* Service \"x\" is invalid", "\t* two is wrong as well", ""]));
        Assert.Equal(["Error: no"], HelmText.Errors(["level=WARN msg=\"upgrade failed\" error=\"no\"", "Error: no"]));
    }

    [Theory]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"r","meta.helm.sh/release-namespace":"n"}}""", ObjectOwner.Ours, "")]
    [InlineData("""{"annotations":{"meta.helm.sh/release-name":"r","meta.helm.sh/release-namespace":"n"}}""", ObjectOwner.Nobody, "")]
    [InlineData("""{"annotations":{"meta.helm.sh/release-name":"r","meta.helm.sh/release-namespace":"other"}}""", ObjectOwner.Release, "r")]
    [InlineData("{}", ObjectOwner.Nobody, "")]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"argocd"}}""", ObjectOwner.Manager, "argocd")]
    [InlineData("""{"managedFields":[{"manager":"terraform-provider-kubernetes_v2"}]}""", ObjectOwner.Manager, "terraform-provider-kubernetes_v2")]
    [InlineData("""{"managedFields":[{"manager":"kubectl-client-side-apply"}]}""", ObjectOwner.Nobody, "")]
    [InlineData("""{"ownerReferences":[{"kind":"ExternalSecret","name":"db","controller":true}]}""", ObjectOwner.Manager, "ExternalSecret db")]
    public void Whose_an_object_is_stands_in_its_metadata(string metadata, ObjectOwner owner, string name)
    {
        var judged = Ownership.Judge(new JsonObject { ["metadata"] = JsonNode.Parse(metadata) }, "r", "n");

        Assert.Equal((owner, name), (judged.Owner, judged.Name));
    }

    private static JsonObject Definition(string versions) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "widgets.example.com" },
        ["spec"] = new JsonObject
        {
            ["group"] = "example.com",
            ["versions"] = new JsonArray([.. versions.Split(' ').Select(Version)]),
        },
    };

    private static JsonNode Version(string text)
    {
        var parts = text.Split(':');
        var fields = parts[2].Trim('{', '}').Split(',').Select(field => KeyValuePair.Create(field, (JsonNode?)new JsonObject { ["type"] = "string" }));
        return new JsonObject
        {
            ["name"] = parts[0],
            ["served"] = true,
            ["storage"] = parts[1] == "true",
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(fields) } },
        };
    }

    private static string Text(JsonObject definition) => string.Join(' ', definition["spec"]!["versions"]!.AsArray().Select(version =>
        $"{version!["name"]}:{version["storage"]!.ToJsonString()}:{{{string.Join(',', version["schema"]!["openAPIV3Schema"]!["properties"]!.AsObject().Select(pair => pair.Key))}}}"));
}
