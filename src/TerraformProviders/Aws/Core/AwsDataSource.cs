using Mayfly.Aws;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>A data source of AWS; errors in the real provider's words.</summary>
internal abstract class AwsDataSource(AwsCloud cloud) : DataSource
{
    /// <summary>The account.</summary>
    protected AwsCloud Cloud => cloud;

    /// <summary>What messages call it.</summary>
    protected abstract string Noun { get; }

    /// <summary>What messages call the one that is looked for.</summary>
    protected virtual string? Label(TfObject state) => state.String("name");

    /// <summary>Reads it.</summary>
    protected abstract Task ReadCoreAsync(TfObject state, CancellationToken ct);

    /// <inheritdoc/>
    public sealed override async Task ReadAsync(TfObject state, CancellationToken ct)
    {
        if (Type != "aws_region")
        {
            cloud.RefuseOtherRegion(Type, state);
        }

        try
        {
            await ReadCoreAsync(state, ct);
        }
        catch (AwsException error)
        {
            throw AwsErrors.While(Label(state) is { } label ? $"reading {Noun} ({label})" : $"reading {Noun}", error);
        }
    }

    /// <summary>The one that fits, or the real provider's words for none and for several.</summary>
    protected T One<T>(IReadOnlyList<T> found) => found.Count switch
    {
        1 => found[0],
        0 => throw new ProviderException($"no matching {Noun} found"),
        _ => throw new ProviderException($"multiple {Noun}s matched; use additional constraints to reduce matches to a single {Noun}"),
    };
}
