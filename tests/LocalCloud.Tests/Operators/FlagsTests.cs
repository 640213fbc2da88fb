using CsCheck;
using Mayfly.LocalCloud.Operators.LoadBalancerController;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Tests.Operators;

public sealed class FlagsTests
{
    [Theory]
    [InlineData("1h0m0s", 3600)]
    [InlineData("1m30s", 90)]
    [InlineData("500ms", 0.5)]
    [InlineData("0", 0)]
    public void Durations_are_read_as_Go_writes_them(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Flags.ParseDuration(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("five minutes")]
    [InlineData("1h oops")]
    public void What_is_no_duration_is_none(string text) => Assert.Null(Flags.ParseDuration(text));

    [Fact]
    public void Flags_have_values_stand_for_true_or_come_several_times()
    {
        var flags = new Flags(["webhook", "--port=10250", "--events", "--domain-filter=a.test", "--domain-filter=b.test", "--healthz-addr=:8081"]);

        Assert.Equal(["webhook"], flags.Words);
        Assert.Equal(10250, flags.Number("port", 0));
        Assert.True(flags.Is("events"));
        Assert.Equal(["a.test", "b.test"], flags.All("domain-filter"));
        Assert.Equal(8081, flags.Port("healthz-addr", 0));
    }

    [Fact]
    public void Load_balancer_names_fit_AWS_and_are_the_same_each_time() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 60], Gen.String[Gen.Char.AlphaNumeric, 1, 60], Gen.Bool).Sample((@namespace, name, grouped) =>
        {
            var group = grouped ? new GroupId("", name) : new GroupId(@namespace, name);
            var given = Names.LoadBalancer("pr-42", group, "internet-facing");
            return given.Length <= 32 && given == Names.LoadBalancer("pr-42", group, "internet-facing")
                && given != Names.LoadBalancer("pr-43", group, "internet-facing") && GroupId.Parse(group.ToString()) == group;
        });
}
