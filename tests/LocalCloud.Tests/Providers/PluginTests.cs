using System.Diagnostics;
using System.Net.Sockets;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>How the program meets Terraform, and how it ends.</summary>
public sealed class PluginTests
{
    private const string Cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

    [Fact]
    public async Task Run_by_hand_it_says_that_it_is_a_plugin()
    {
        using var process = Start("aws", null);

        Assert.Contains("This binary is a plugin", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
    }

    [Fact]
    public async Task An_unknown_provider_is_a_wrong_call()
    {
        using var process = Start("azure", Cookie);

        Assert.Contains("aws|kubernetes|helm", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public async Task A_terraform_that_speaks_another_protocol_is_told_so()
    {
        using var process = Start("aws", Cookie, versions: "4");

        Assert.Contains("only 4", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
    }

    [Fact]
    public async Task It_ends_when_terraform_is_gone_and_leaves_no_socket()
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = Start("helm", Cookie);
        var line = await process.StandardOutput.ReadLineAsync(ct);

        var parts = line!.Split('|');
        Assert.Equal(["1", "6", "unix", "grpc"], [parts[0], parts[1], parts[2], parts[4]]);
        using (var terraform = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await terraform.ConnectAsync(new UnixDomainSocketEndPoint(parts[3]), ct);
            Assert.False(process.HasExited);
        }

        await process.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(30), ct);
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(parts[3]));
    }

    private static Process Start(string provider, string? cookie, string versions = "5,6")
    {
        var start = new ProcessStartInfo(TerraformRoot.Program, [provider]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TF_PLUGIN_MAGIC_COOKIE"] = cookie ?? "";
        start.Environment["PLUGIN_PROTOCOL_VERSIONS"] = versions;
        start.Environment["PLUGIN_CLIENT_CERT"] = "";
        return Process.Start(start)!;
    }
}
