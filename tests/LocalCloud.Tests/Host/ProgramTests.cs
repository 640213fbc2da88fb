using System.Diagnostics;
using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.Host;

/// <summary>The program <c>mayfly-local</c> as a process.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("mayfly-local-");

    private string Description => Path.Combine(_state.FullName, "cloud.json");

    [Fact(Timeout = 120_000)]
    public async Task It_stops_when_it_is_told_and_takes_moto_with_it()
    {
        using var program = Start();
        var moto = await ReadyAsync(program, TestContext.Current.CancellationToken);

        using (var second = Start())
        {
            await second.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(6, second.ExitCode);
        }

        Process.Start("kill", ["-TERM", $"{program.Id}"]).WaitForExit();
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, program.ExitCode);
        Assert.False(File.Exists(Description));
        Assert.True(await GoneAsync(moto));
    }

    [Fact(Timeout = 120_000)]
    public async Task Killed_it_leaves_no_moto_and_the_next_one_takes_its_place()
    {
        using var program = Start();
        var moto = await ReadyAsync(program, TestContext.Current.CancellationToken);

        program.Kill();
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(await GoneAsync(moto));
        Assert.True(File.Exists(Description));

        using var next = Start();
        await ReadyAsync(next, TestContext.Current.CancellationToken);
        Process.Start("kill", ["-TERM", $"{next.Id}"]).WaitForExit();
        await next.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, next.ExitCode);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "--state", "/tmp/x", "--unknown", "y")]
    [InlineData("walk", "--state", "/tmp/x")]
    public async Task A_wrong_call_is_told_what_it_takes(params string[] arguments)
    {
        using var program = Start(arguments);
        var told = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, program.ExitCode);
        Assert.Contains("usage: mayfly-local run --state DIR", told);
    }

    public void Dispose() => _state.Delete(recursive: true);

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "mayfly-local"), arguments.Length > 0 ? arguments : ["run", "--state", _state.FullName])
    {
        RedirectStandardError = true,
    })!;

    private async Task<int> ReadyAsync(Process program, CancellationToken ct)
    {
        var cloud = await Wait.UntilAsync(
            () => Task.FromResult(File.Exists(Description) ? JsonNode.Parse(File.ReadAllText(Description)) : null),
            read => (int?)read?["pid"] == program.Id, 60);
        Assert.NotNull(cloud);
        using var http = new HttpClient();
        return (int)JsonNode.Parse(await http.GetStringAsync($"{cloud["control"]}/status", ct))!["moto"]!;
    }

    private static Task<bool> GoneAsync(int pid) =>
        Wait.UntilAsync(() => Task.FromResult(!File.Exists($"/proc/{pid}/status") || File.ReadAllText($"/proc/{pid}/status").Contains("Z (zombie)")), gone => gone);
}
