using CsCheck;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Tests.Configuration;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90_000)]
    [InlineData("10m", 600_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1s500ms", 1_500)]
    public void Durations_are_read_as_people_write_them(string text, int milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1m1h")]
    [InlineData("1d")]
    [InlineData("10 m")]
    [InlineData("10m\n")]
    [InlineData("9999999s")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Writing_and_reading_gives_the_same() =>
        Gen.Long[0, 3_600_000L * 1000].Sample(milliseconds =>
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);

            Assert.True(Durations.TryParse(Durations.Format(duration), out var read));
            Assert.Equal(duration, read);
        });
}
