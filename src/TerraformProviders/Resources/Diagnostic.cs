namespace Mayfly.TerraformProviders.Resources;

/// <summary>What Terraform shows a person.</summary>
/// <param name="Summary">One line.</param>
/// <param name="Detail">More, or empty.</param>
/// <param name="Attribute">The attribute it is about, as in <c>vpc_config[0].subnet_ids</c>, or empty.</param>
/// <param name="IsWarning">Whether it is a warning only.</param>
public sealed record Diagnostic(string Summary, string Detail = "", string Attribute = "", bool IsWarning = false);

/// <summary>What the outside world did not do; its message is the diagnostic's summary, in the real provider's words.</summary>
public sealed class ProviderException : Exception
{
    /// <summary>A failure with the real provider's words.</summary>
    public ProviderException(string summary, string detail = "", string attribute = "")
        : base(summary) => Diagnostic = new(summary, detail, attribute);

    /// <summary>What is shown.</summary>
    public Diagnostic Diagnostic { get; }
}
