using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Mayfly.Cli.Commands;
using Mayfly.Cli.Local;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Configuration;

namespace Mayfly.Cli;

/// <summary>
/// Frames every command: interrupts become a cancellation, refused input becomes exit code 2 with its problems, and a bug one
/// line with the place of its details. No text of an exception is shown to anybody.
/// </summary>
internal static class CommandSession
{
    /// <summary>Gives a command its action.</summary>
    public static Command WithAction(this Command command, Func<CommandContext, Task<int>> action)
    {
        command.SetAction((call, _) =>
        {
            var isJson = call.GetValue(GlobalOptions.Output) == "json";
            return RunAsync(
                call,
                WorkflowLog.Over(Console.Out, isJson, Environment.GetEnvironmentVariable),
                WorkflowLog.Over(Console.Error, isJson: false, Environment.GetEnvironmentVariable),
                action);
        });
        return command;
    }

    /// <summary>Runs an action and gives the exit code.</summary>
    public static async Task<int> RunAsync(ParseResult call, TextWriter output, TextWriter error, Func<CommandContext, Task<int>> action)
    {
        using var stop = new CancellationTokenSource();
        var context = new CommandContext(call, output, error, stop.Token);

        // The first signal stops the run at its next safe point. Later ones change nothing: a tool that writes is never cut off,
        // and who must end the process has SIGKILL.
        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (!stop.IsCancellationRequested)
            {
                error.WriteLine("interrupted; stopping at the next safe point");
                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            return await action(context);
        }
        catch (InvalidInputException invalid)
        {
            Answers.Refuse(context, invalid.Problems);
            return ExitCodes.Invalid;
        }
        catch (LocalCloudException broken)
        {
            Answers.Fail(context, broken.Failure);
            return ExitCodes.NeedsPerson;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception fault)
        {
            error.WriteLine($"mayfly: an error of Mayfly itself; details are in {WriteDetails(context, fault)}");
            return ExitCodes.Fault;
        }
    }

    private static string WriteDetails(CommandContext context, Exception fault)
    {
        var name = context.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        var path = Path.Combine(CommandContext.Home, "faults", $"{name}.txt");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, context.Redactor.Redact(fault.ToString()) + "\n");
            return path;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return $"no file, since '{Path.GetDirectoryName(path)}' cannot be written";
        }
    }
}
