using System.Text;
using Mayfly.Engine.Costs;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Costs;

public sealed class CostEstimateTests
{
    [Fact]
    public void The_reference_stack_costs_its_parts_and_the_load_balancer_that_no_state_names()
    {
        var state = State(
            Resource("aws_eks_cluster"), Resource("aws_nat_gateway"), Resource("aws_eip"), Resource("aws_vpc"),
            Resource("aws_eks_node_group", """{"instance_types":["t3.large"],"capacity_type":"ON_DEMAND","scaling_config":[{"desired_size":2}]}"""));

        Assert.Equal(0.10m + 0.045m + 0.005m + (2 * 0.0832m) + 0.0325m, CostEstimate.Of(state, sleeps: false)!.AnHour);
        Assert.Equal(0.10m + 0.045m + 0.005m + 0.0325m, CostEstimate.Of(state, sleeps: true)!.AnHour);
    }

    [Fact]
    public void Spot_costs_a_share()
    {
        var state = State(Resource("aws_eks_node_group", """{"instance_types":["t3.large"],"capacity_type":"SPOT","scaling_config":[{"desired_size":1}]}"""));

        Assert.Equal(0.0832m * 0.4m, CostEstimate.Of(state, false)!.AnHour);
    }

    [Fact]
    public void A_type_without_a_price_is_named_and_not_guessed()
    {
        var state = State(Resource("aws_eks_node_group", """{"instance_types":["z9.huge"],"scaling_config":[{"desired_size":9}]}"""));

        var cost = CostEstimate.Of(state, false)!;

        Assert.Equal(0, cost.AnHour);
        Assert.Equal(["z9.huge"], cost.Unpriced);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"instance_types":[],"scaling_config":[]}""")]
    [InlineData("""{"instance_types":null,"scaling_config":"x"}""")]
    public void Attributes_that_are_missing_or_odd_do_no_harm(string attributes) =>
        Assert.Null(CostEstimate.Of(State(Resource("aws_eks_node_group", attributes)), false));

    [Fact]
    public void Nothing_costs_nothing() => Assert.Null(CostEstimate.Of([], false));

    private static IReadOnlyList<StateInstance> State(params string[] resources) => TerraformState.Read(Encoding.UTF8.GetBytes(
        $$"""{"version":4,"serial":1,"lineage":"l","resources":[{{string.Join(',', resources)}}]}""")).Instances;

    private static string Resource(string type, string attributes = "{}") =>
        "{\"mode\":\"managed\",\"type\":\"" + type + "\",\"name\":\"x\",\"provider\":\"provider[\\\"registry.terraform.io/hashicorp/aws\\\"]\",\"instances\":[{\"attributes\":" + attributes + "}]}";
}
