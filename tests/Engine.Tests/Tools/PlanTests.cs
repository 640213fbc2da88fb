using System.Text;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Tools;

/// <summary>What a plan asks to be made before the rest of it; the texts are of terraform's own shape.</summary>
public sealed class PlanTests
{
    private const string Role = """module.aws[\"x.y\"].terraform_data.role[\"a\"]""";

    [Theory]
    [InlineData("""[["role_arn"]]""", """{"id":true,"role_arn":true}""")]
    [InlineData("""[["triggers_replace"]]""", """{"id":true,"triggers_replace":[true]}""")]
    [InlineData("""[["vpc",0,"subnet"]]""", """{"vpc":[{"subnet":true}]}""")]
    [InlineData("""[["vpc",0,"subnet"]]""", """{"vpc":true}""")]
    public void What_would_be_replaced_for_a_value_not_known_yet_waits_for_the_resource_it_comes_from(string paths, string unknown)
    {
        var plan = Read(paths, unknown, Role);

        Assert.Equal(["module.aws[\"x.y\"].terraform_data.role[\"a\"]"], plan.MadeFirst);
        Assert.True(plan.Destroys);
    }

    [Theory]
    [InlineData("""[["role_arn"],["name"]]""", """{"id":true,"role_arn":true}""")]
    [InlineData("""[["name"]]""", """{"id":true}""")]
    [InlineData("""[["vpc",1,"subnet"]]""", """{"vpc":[{"subnet":true}]}""")]
    [InlineData("[]", """{"id":true}""")]
    public void What_is_replaced_for_a_known_value_waits_for_nothing(string paths, string unknown) =>
        Assert.Empty(Read(paths, unknown, Role).MadeFirst);

    [Fact]
    public void What_is_made_and_no_source_of_a_change_does_not_go_first() =>
        Assert.Empty(Read("""[["role_arn"]]""", """{"role_arn":true}""", "module.aws.terraform_data.other").MadeFirst);

    [Fact]
    public void A_source_is_named_with_or_without_its_index() =>
        Assert.Single(Read("""[["role_arn"]]""", """{"role_arn":true}""", """module.aws[\"x.y\"].terraform_data.role""").MadeFirst);

    private static Plan Read(string paths, string unknown, string source) => Plan.Read("p", [], Encoding.UTF8.GetBytes($$$$"""
        {"resource_changes":[
          {"address":"module.aws[\"x.y\"].terraform_data.cluster","type":"terraform_data","change":{"actions":["delete","create"],"before":{},"after":{},"after_unknown":{{{{unknown}}}},"replace_paths":{{{{paths}}}} }},
          {"address":"{{{{Role}}}}","type":"terraform_data","change":{"actions":["create"],"before":null,"after":{"input":"a"},"after_unknown":{"id":true,"output":true}}}],
         "relevant_attributes":[{"resource":"{{{{source}}}}","attribute":["output"]}]}
        """));
}
