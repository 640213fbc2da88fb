using System.Diagnostics;
using Mayfly.LocalCloud.Aws;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class MotoTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_machine_without_moto_is_told_how_to_get_it()
    {
        var error = await Assert.ThrowsAsync<MotoException>(() => Moto.StartAsync(new MotoOptions { Command = ["no-such-moto"] }, TestContext.Current.CancellationToken));

        Assert.Contains("'no-such-moto' is not on PATH", error.Message);
        Assert.Contains("pip install 'moto[server]'", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_moto_that_ends_at_once_is_shown_with_its_last_words()
    {
        var error = await Assert.ThrowsAsync<MotoException>(
            () => Moto.StartAsync(new MotoOptions { Command = ["/bin/sh", "-c", "echo broken >&2; exit 4"] }, TestContext.Current.CancellationToken));

        Assert.Contains("code 4", error.Message);
        Assert.Contains("broken", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_end_of_moto_is_noticed()
    {
        await using var moto = await Moto.StartAsync(ct: TestContext.Current.CancellationToken);
        var server = ChildOf(moto.ProcessId);

        server.Kill();

        await moto.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static Process ChildOf(int parent) => Process.GetProcesses().First(process =>
        File.Exists($"/proc/{process.Id}/stat")
        && File.ReadAllText($"/proc/{process.Id}/stat") is var stat
        && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}"
        && process.ProcessName.StartsWith("moto", StringComparison.Ordinal));
}
