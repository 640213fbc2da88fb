using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>Turns what went wrong into what a person is shown.</summary>
internal static class Problems
{
    /// <summary>Does something; null when it went well.</summary>
    /// <param name="doing">What is done, as in <c>creating aws_vpc</c>.</param>
    /// <param name="action">What to do.</param>
    /// <param name="ct">Cancelled when Terraform asks the provider to stop.</param>
    public static async Task<Diagnostic?> CatchAsync(string doing, Func<Task> action, CancellationToken ct)
    {
        try
        {
            await action();
            return null;
        }
        catch (ProviderException refused)
        {
            return refused.Diagnostic;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new($"{doing}: context canceled");
        }
        catch (Exception fault)
        {
            return Fault(doing, fault);
        }
    }

    /// <summary>The provider's own fault: told apart from a refusal, with the place for Terraform's log.</summary>
    public static Diagnostic Fault(string doing, Exception fault)
    {
        Console.Error.WriteLine(fault);
        return new(
            $"{doing}: the provider failed",
            $"{fault.GetType().Name}: {fault.Message}\nThis is a fault of the provider; where it happened is in Terraform's log (TF_LOG_PROVIDER=trace).");
    }
}
