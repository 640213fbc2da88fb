using System.Diagnostics;
using System.Globalization;

namespace Mayfly.EndToEnd.Tests.Locks;

/// <summary>A real terraform that holds the real lock of a stack's state, started outside of Mayfly, and as long as the test wants.</summary>
public sealed class HeldLock : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _terraform;

    private HeldLock(Process terraform) => _terraform = terraform;

    /// <summary>Applies in a folder and waits until the lock is there.</summary>
    public static async Task<HeldLock> TakeAsync(SmallStack stack, string folder, IReadOnlyDictionary<string, string> more, CancellationToken ct)
    {
        var held = new HeldLock(Start(stack, folder, more, "setsid", "terraform", "apply", "-auto-approve", "-no-color", "-var", "command=sleep 600"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        while (await stack.LockedAsync(limit.Token) is (File: false, Row: false))
        {
            Assert.False(held._terraform.HasExited, "terraform ended before it took the lock");
            await Task.Delay(50, limit.Token);
        }

        return held;
    }

    /// <summary>A folder of a person's own with the same root and the same state, initialised.</summary>
    public static async Task<string> CheckOutAsync(SmallStack stack, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(stack.PathOf("person")).FullName;
        File.Copy(stack.PathOf("infra/main.tf"), Path.Combine(folder, "main.tf"), overwrite: true);
        var endpoint = stack.Session.Options.Endpoint!.AbsoluteUri.TrimEnd('/');
        File.WriteAllText(Path.Combine(folder, "backend.tf"), $$"""
            terraform {
              backend "s3" {
                bucket                      = "{{stack.Bucket}}"
                key                         = "{{stack.StateKey}}"
                region                      = "us-east-1"
                {{(stack.Kind is LockKind.Table ? "" : "use_lockfile = true")}}
                {{(stack.Kind is LockKind.File ? "" : $"dynamodb_table = \"{stack.Bucket}\"")}}
                endpoints                   = { s3 = "{{endpoint}}", dynamodb = "{{endpoint}}", sts = "{{endpoint}}", iam = "{{endpoint}}" }
                use_path_style              = true
                skip_credentials_validation = true
                skip_requesting_account_id  = true
                skip_metadata_api_check     = true
              }
            }
            """);
        using var init = Start(stack, folder, new Dictionary<string, string>(), "terraform", "init", "-no-color", "-input=false");
        await init.WaitForExitAsync(ct);
        Assert.Equal(0, init.ExitCode);
        return folder;
    }

    /// <summary>Kills it and everything it started: nobody gives the lock back.</summary>
    public async Task KillAsync()
    {
        Signal("KILL");
        await _terraform.WaitForExitAsync();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", "--", $"-{_terraform.Id.ToString(CultureInfo.InvariantCulture)}"]);
        kill.WaitForExit();
    }

    public bool HasEnded => _terraform.HasExited;

    public async ValueTask DisposeAsync()
    {
        if (!_terraform.HasExited)
        {
            await KillAsync();
        }

        _terraform.Dispose();
    }

    private static Process Start(SmallStack stack, string folder, IReadOnlyDictionary<string, string> more, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in stack.Variables.Concat(more))
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
