using System.Diagnostics;
using System.Text.Json;

namespace Mayfly.EndToEnd.Tests.Programs;

/// <summary>A real kubectl on a local cloud, with the variables that the cloud tells.</summary>
internal static class Kubectl
{
    /// <summary>Calls it, and fails when it fails; what it printed.</summary>
    public static async Task<string> RunAsync(LocalCloudFixture cloud, CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(cloud.Home, "tools", "helm-4", "kubectl"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var described = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(cloud.Home, "local", "cloud.json"), ct));
        foreach (var variable in described.RootElement.GetProperty("environment").EnumerateObject())
        {
            start.Environment[variable.Name] = variable.Value.GetString();
        }

        using var kubectl = Process.Start(start)!;
        var said = kubectl.StandardOutput.ReadToEndAsync(ct);
        var error = await kubectl.StandardError.ReadToEndAsync(ct);
        await kubectl.WaitForExitAsync(ct);
        Assert.True(kubectl.ExitCode == 0, error);
        return await said;
    }
}
