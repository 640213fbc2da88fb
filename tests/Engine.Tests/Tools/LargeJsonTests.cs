using System.Text;
using System.Text.Json;
using CsCheck;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Tools;

public sealed class LargeJsonTests
{
    private const string Small = """
        {"version":4,"terraform_version":"1.11.4","serial":9,"lineage":"l-1","outputs":{"o":{"value":[1,{"a":"}]"}],"type":"string"}},
        "resources":[{"module":"module.a","mode":"managed","type":"aws_vpc","name":"v","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
        {"index_key":"a\"${b}","attributes":{"id":"vpc-1","tags":{"x":"ü}"}},"private":"e30="},{"index_key":3,"attributes":{"id":"vpc-2"}},{"attributes":null}]},
        {"mode":"data","type":"aws_region","name":"r","provider":"p","instances":[{"schema_version":0,"attributes":{"name":"us-east-1"}}]}],"check_results":null}
        """;

    [Fact]
    public void A_state_is_read_with_its_addresses_and_the_attributes_that_are_asked_for()
    {
        var state = TerraformState.Read(Encoding.UTF8.GetBytes(Small));

        Assert.Equal((9L, "l-1"), (state.Serial, state.Lineage));
        Assert.Equal(
            ["module.a.aws_vpc.v[\"a\\\"$${b}\"]", "module.a.aws_vpc.v[3]", "module.a.aws_vpc.v", "data.aws_region.r"],
            state.Instances.Select(instance => instance.Address));
        Assert.Equal(["vpc-1", "vpc-2", null], state.Managed.Select(instance => instance.Text("id")));
        Assert.Equal("ü}", state.Instances[0].Attributes.GetProperty("tags").GetProperty("x").GetString());
    }

    [Fact]
    public void A_state_that_is_cut_anywhere_is_refused_and_never_read_in_part()
    {
        var whole = Encoding.UTF8.GetBytes(Small.TrimEnd());
        Gen.Int[1, whole.Length - 1].Sample(length =>
            Assert.ThrowsAny<JsonException>(() => TerraformState.Read(whole.AsMemory(0, length))));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":5,"resources":[]}""")]
    [InlineData("""{"version":"4","resources":[]}""")]
    [InlineData("""{"version":4,"resources":[{"mode":"managed","instances":[{}]}]}""")]
    [InlineData("""{"version":4,"resources":[]} and more""")]
    public void What_is_no_state_of_format_4_is_refused(string text) =>
        Assert.ThrowsAny<Exception>(() => TerraformState.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_state_of_50_MB_costs_its_text_and_little_more()
    {
        var json = State(megabytes: 50);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var state = TerraformState.Read(json);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(state.Instances.Count > 5_000, $"{state.Instances.Count}");
        Assert.True(allocated < 30_000_000, $"{allocated / 1e6:0.0} MB were allocated for {json.Length / 1e6:0} MB");
    }

    [Fact]
    public void A_plan_of_thousands_of_untouched_resources_costs_little()
    {
        var text = new StringBuilder("""{"format_version":"1.2","planned_values":{"root_module":{"resources":[""");
        text.AppendJoin(',', Enumerable.Range(0, 5_000).Select(i => $$$"""{"address":"aws_sqs_queue.q[{{{i}}}]","values":{"name":"{{{new string('x', 1_000)}}}"}}"""));
        text.Append("""]}},"resource_changes":[""");
        text.AppendJoin(',', Enumerable.Range(0, 5_000).Select(i =>
            $$$$"""{"address":"aws_sqs_queue.q[{{{{i}}}}]","type":"aws_sqs_queue","change":{"actions":["{{{{(i == 77 ? "create" : "no-op")}}}}"],"before":null,"after":{"name":"{{{{new string('x', 1_000)}}}}"},"after_unknown":{"id":true}}}"""));
        text.Append("""],"output_changes":{"o":{"actions":["no-op"]}}}""");
        var json = Encoding.UTF8.GetBytes(text.ToString());
        var before = GC.GetAllocatedBytesForCurrentThread();

        var plan = Plan.Read("p", [], json);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal("aws_sqs_queue.q[77]", Assert.Single(plan.Changes).Address);
        Assert.False(plan.ChangesOutputs);
        Assert.True(allocated < 20_000_000, $"{allocated / 1e6:0.0} MB were allocated for {json.Length / 1e6:0} MB");
    }

    private static byte[] State(int megabytes)
    {
        using var stream = new MemoryStream(megabytes * 1_000_000);
        using (var writer = new StreamWriter(stream, leaveOpen: true))
        {
            writer.Write("""{"version":4,"serial":1,"lineage":"l","outputs":{},"resources":[""");
            var filler = new string('x', 8_000);
            for (var i = 0; stream.Length < megabytes * 1_000_000L; i++)
            {
                writer.Write($$$"""{{{(i == 0 ? "" : ",")}}}{"mode":"managed","type":"aws_s3_object","name":"o{{{i}}}","provider":"p","instances":[{"attributes":{"id":"{{{i}}}","content":"{{{filler}}}"}}]}""");
                writer.Flush();
            }

            writer.Write("]}");
        }

        return stream.ToArray();
    }
}
