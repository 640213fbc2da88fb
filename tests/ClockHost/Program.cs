using System.Globalization;
using System.Reflection;
using Amazon;
using Mayfly.Cli;
using Mayfly.ClockHost;

// The command line, in a process whose clock is wrong: by as many minutes as CLOCK_MINUTES says, for Mayfly and for AWS's SDK alike.
var wrong = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("CLOCK_MINUTES")!, CultureInfo.InvariantCulture));

// Where the SDK gets the time from has no setting: a correction that is set by hand switches off its own, which is to be seen at work.
var source = typeof(AWSConfigs).GetField("utcNowSource", BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Public)
    ?? throw new InvalidOperationException("The SDK has no such field any more.");
source.SetValue(null, () => DateTime.UtcNow + wrong);
return await CommandLine.RunAsync(args, new WrongClock(wrong));
