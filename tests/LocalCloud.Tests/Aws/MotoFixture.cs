using Mayfly.Aws;
using Mayfly.LocalCloud.Aws;

namespace Mayfly.LocalCloud.Tests.Aws;

/// <summary>One moto for the tests of a class.</summary>
public sealed class MotoFixture : IAsyncLifetime
{
    public Moto Moto { get; private set; } = null!;

    public AwsSession Session => AwsSession.For(Moto.Endpoint, "us-east-1", "AKIATEST", "secret");

    public async ValueTask InitializeAsync() => Moto = await Moto.StartAsync();

    public async ValueTask DisposeAsync() => await Moto.DisposeAsync();
}
