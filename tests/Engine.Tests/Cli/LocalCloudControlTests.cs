using System.Net;
using System.Net.Sockets;
using Mayfly.Cli.Local;

namespace Mayfly.Engine.Tests.Cli;

/// <summary>What the command line makes of a local cloud that does not answer.</summary>
public sealed class LocalCloudControlTests
{
    [Fact]
    public async Task A_cloud_that_is_too_slow_is_told_so_and_is_no_fault_of_the_program()
    {
        // Takes connections and says nothing.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var control = new LocalCloudControl($"http://{silent.LocalEndpoint}", TimeSpan.FromMilliseconds(100));

        var slow = await Assert.ThrowsAsync<LocalCloudException>(() => control.GetAsync("/status", TestContext.Current.CancellationToken));

        Assert.Contains("did not answer", slow.Failure.Summary);
        Assert.NotEmpty(slow.Failure.Next);
    }
}
