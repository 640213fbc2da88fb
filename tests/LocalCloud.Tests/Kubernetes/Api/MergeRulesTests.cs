using System.Text.Json.Nodes;
using CsCheck;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

/// <summary>What has to hold for every object and every patch.</summary>
public sealed class MergeRulesTests
{
    private static readonly Schema PodSpec = BuiltInSchemas.Of(typeof(V1PodSpec));

    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "c", "d");

    private static readonly Gen<JsonNode?> Env =
        Gen.Select(Name, Gen.OneOf("1", "2"), (name, value) =>
        (JsonNode?)new JsonObject { ["name"] = name, ["value"] = value });

    private static readonly Gen<JsonNode?> Container = Gen.Select(
        Name, Gen.OneOf("i:1", "i:2"), Distinct(Env, "name"), Gen.Bool, (name, image, env, command) =>
        {
            var container = new JsonObject { ["name"] = name, ["image"] = image };
            if (env.Count > 0)
            {
                container["env"] = env;
            }

            if (command)
            {
                container["command"] = new JsonArray((JsonNode)"sh", (JsonNode)image);
            }

            return (JsonNode?)container;
        });

    /// <summary>Parts of a pod's specification: list maps in list maps, atomic lists, free and atomic maps, structs.</summary>
    private static readonly Gen<JsonObject> Spec = Gen.Select(
        Distinct(Container, "name"), Gen.Bool, Gen.OneOf("x", "y"), Gen.Int[0, 2],
            (containers, host, account, labels) =>
        {
            var spec = new JsonObject { ["serviceAccountName"] = account };
            if (containers.Count > 0)
            {
                spec["containers"] = containers;
            }

            if (host)
            {
                spec["hostNetwork"] = true;
                spec["securityContext"] = new JsonObject { ["runAsUser"] = labels };
            }

            for (var i = 0; i < labels; i++)
            {
                spec.Child("nodeSelector")[$"k{i}"] = account;
                spec.Child("overhead")[$"r{i}"] = account;
            }

            return spec;
        });

    [Fact]
    public void A_strategic_merge_patch_applied_twice_is_applied_once() =>
        Gen.Select(Spec, Spec).Sample((target, patch) =>
    {
        var once = StrategicMergePatch.Apply(PodSpec, target, patch);
        return Json.Same(once, StrategicMergePatch.Apply(PodSpec, once, patch));
    });

    [Fact]
    public void A_strategic_merge_patch_leaves_nothing_out_that_it_names() =>
        Gen.Select(Spec, Spec).Sample((target, patch) =>
    {
        var (before, result) = (target.ToJsonString(), StrategicMergePatch.Apply(PodSpec, target, patch));
        var names = result.Items("containers").Select(container => container.Text("name")).ToHashSet();
        return target.ToJsonString() == before
            && patch.Items("containers").Concat(target.Items("containers")).All(container =>
                names.Contains(container.Text("name")))
            && result.Text("serviceAccountName") == patch.Text("serviceAccountName");
    });

    [Fact]
    public void The_order_directive_of_a_strategic_merge_patch_is_followed() =>
        Gen.Select(Spec, Spec, Gen.Int[0, 1000]).Sample((target, patch, seed) =>
    {
        var names = patch.Items("containers").Select(container => container.Text("name")!).ToList();
        patch["$setElementOrder/containers"] =
            new JsonArray([.. names.OrderBy(name => HashCode.Combine(name, seed)).Select(name =>
            (JsonNode)new JsonObject { ["name"] = name })]);

        var result = StrategicMergePatch.Apply(PodSpec, target, patch);

        var order = result.Items("containers").Select(container => container.Text("name")!).Where(names.Contains);
        return order.SequenceEqual(patch.Items("$setElementOrder/containers").Select(item => item.Text("name")!));
    });

    [Fact]
    public void A_merge_patch_applied_twice_is_applied_once() => Gen.Select(Spec, Spec).Sample((target, patch) =>
    {
        patch["hostNetwork"] = null;
        var once = MergePatch.Apply(target, patch);
        return Json.Same(once, MergePatch.Apply(once, patch)) && once.At("hostNetwork") is null;
    });

    [Fact]
    public void Applied_again_a_configuration_changes_nothing() => Gen.Select(Spec, Spec).Sample((live, applied) =>
    {
        var once = FieldOwnership.Apply(Pods, Pod(live), Pod(applied), Manager("m"), force: true);
        var twice = FieldOwnership.Apply(Pods, once, Pod(applied), Manager("m"), force: false);
        return Json.Same(once, twice);
    });

    [Fact]
    public void What_is_applied_is_there_and_owned() => Gen.Select(Spec, Spec).Sample((live, applied) =>
    {
        var result = FieldOwnership.Apply(Pods, Pod(live), Pod(applied), Manager("m"), force: true);
        var stated = ManagedFields.Owned(TypedValues.Fields(Pods.Schema, Pod(applied)));
        var (changed, removed) =
            TypedValues.Compare(Pods.Schema, result,
            FieldOwnership.Apply(Pods, result, Pod(applied), Manager("n"), force: false));
        return ManagedFields.Read(result).Single().Fields.Same(stated) && ManagedFields.Owned(changed).IsEmpty
            && removed.IsEmpty;
    });

    [Fact]
    public void Two_managers_that_state_the_same_never_conflict_and_the_last_one_takes_everything_away() =>
        Spec.Sample(spec =>
    {
        var empty = new JsonObject();
        var first = FieldOwnership.Apply(Pods, Pod(empty), Pod(spec), Manager("m"), force: false);
        var both = FieldOwnership.Apply(Pods, first, Pod(spec), Manager("n"), force: false);
        var one = FieldOwnership.Apply(Pods, both, Pod(empty), Manager("m"), force: false);
        var none = FieldOwnership.Apply(Pods, one, Pod(empty), Manager("n"), force: false);
        return Json.Same(one["spec"], first["spec"]) && (none.Map("spec")?.Count ?? 0) == 0;
    });

    [Fact]
    public void Fields_come_back_from_their_written_form() => Spec.Sample(spec =>
    {
        var fields = TypedValues.Fields(Pods.Schema, Pod(spec));
        return FieldSet.Read(fields.Write()).Same(fields) && fields.Except(fields).IsEmpty
            && fields.Union(fields).Same(fields) && fields.Intersect(fields).Same(fields);
    });

    [Fact]
    public void The_parser_reads_what_the_writer_wrote() =>
        Spec.Sample(spec => Json.Same(JsonParser.Parse(Json.Bytes(spec)), spec));

    [Theory]
    [InlineData("""{"containers":[{"name":"a","$patch":"delete"}]}""", """{"containers":[{"name":"b"}]}""")]
    [InlineData("""{"containers":[{"$patch":"replace"},{"name":"z"}]}""", """{"containers":[{"name":"z"}]}""")]
    [InlineData("""{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}""", """{"containers":[{"name":"b"},{"name":"a","env":[{"name":"x","value":"1"}]}]}""")]
    [InlineData("""{"containers":[{"name":"a","env":null}]}""", """{"containers":[{"name":"a"},{"name":"b"}]}""")]
    [InlineData("""{"containers":[{"name":"a","env":[{"name":"y","value":"2"}]}]}""", """{"containers":[{"name":"a","env":[{"name":"x","value":"1"},{"name":"y","value":"2"}]},{"name":"b"}]}""")]
    public void Directives_do_what_they_say(string patch, string expected)
    {
        var target = JsonNode.Parse("""{"containers":[{"name":"a","env":[{"name":"x","value":"1"}]},{"name":"b"}]}""")!.AsObject();

        var result = StrategicMergePatch.Apply(PodSpec, target, JsonNode.Parse(patch)!.AsObject());

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
    }

    [Fact]
    public void Keys_to_retain_drop_the_others_and_scalars_are_deleted_from_lists()
    {
        var deployment = BuiltInSchemas.Of(typeof(V1DeploymentSpec));
        var strategy = StrategicMergePatch.Apply(
            deployment, Parse("""{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}"""), Parse("""{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"""));
        var meta = StrategicMergePatch.Apply(
            BuiltInSchemas.Of(typeof(V1ObjectMeta)), Parse("""{"finalizers":["a","b"]}"""), Parse("""{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}"""));

        Assert.Equal("""{"strategy":{"type":"Recreate"}}""", strategy.ToJsonString());
        Assert.Equal("""{"finalizers":["b","c"]}""", meta.ToJsonString());
    }

    private static ResourceType Pods => BuiltInTypes.All.Single(type => type.Plural == "pods");

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();

    private static JsonObject Pod(JsonObject spec) => new()
    {
        ["kind"] = "Pod",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["name"] = "p" },
        ["spec"] = spec.DeepClone(),
    };

    private static ManagerEntry Manager(string name) =>
        new(name, "Apply", "v1", "", "2026-01-01T00:00:00Z", FieldSet.Empty);

    private static Gen<JsonArray> Distinct(Gen<JsonNode?> item, string key) =>
        item.List[0, 4].Select(items =>
            new JsonArray([.. items.DistinctBy(one => one![key]!.GetValue<string>()).Select(one => one!.DeepClone())]));
}
