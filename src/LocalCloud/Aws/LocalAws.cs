using Amazon.Runtime;
using Mayfly.Aws;
using Mayfly.LocalCloud.Aws.Eks;
using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Aws.Mends;

namespace Mayfly.LocalCloud.Aws;

/// <summary>What AWS is made of here.</summary>
public sealed record LocalAwsOptions
{
    /// <summary>What starts clusters.</summary>
    public required IClusterBackend Backend { get; init; }

    /// <summary>The region.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>How moto is started; its account is the account's number.</summary>
    public MotoOptions Moto { get; init; } = new();

    /// <summary>The proxy's port; 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>Changes how EKS behaves.</summary>
    public Func<EksOptions, EksOptions> Eks { get; init; } = options => options;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>AWS of the local cloud: moto, and the proxy before it.</summary>
public sealed class LocalAws : IAsyncDisposable
{
    private readonly IReadOnlyList<IMend> _mends;

    private LocalAws(Moto moto, AwsProxy proxy, EksService eks, Principals principals, IReadOnlyList<IMend> mends, string region)
    {
        Moto = moto;
        Proxy = proxy;
        Eks = eks;
        Principals = principals;
        Region = region;
        _mends = mends;
    }

    /// <summary>moto.</summary>
    public Moto Moto { get; }

    /// <summary>The endpoint for everybody.</summary>
    public AwsProxy Proxy { get; }

    /// <summary>EKS.</summary>
    public EksService Eks { get; }

    /// <summary>Who is who.</summary>
    public Principals Principals { get; }

    /// <summary>The region.</summary>
    public string Region { get; }

    /// <summary>A session as the account's administrator, as people and programs use it.</summary>
    public AwsSession Session => AwsSession.For(Proxy.Endpoint, Region, CloudContext.AccessKey, CloudContext.SecretKey);

    /// <summary>Starts both.</summary>
    public static async Task<LocalAws> StartAsync(LocalAwsOptions options, CancellationToken ct = default)
    {
        var moto = await Moto.StartAsync(options.Moto, ct);
        try
        {
            var account = options.Moto.Account;
            var principals = new Principals().Add(new Principal(
                $"arn:aws:iam::{account}:user/local", "AIDALOCALCLOUD00000000",
                new ImmutableCredentials(CloudContext.AccessKey, CloudContext.SecretKey, null)));
            var session = AwsSession.For(moto.Endpoint, options.Region, CloudContext.AccessKey, CloudContext.SecretKey);
            var faults = new FaultBook();
            var eks = new EksService(options.Eks(new EksOptions
            {
                Moto = session,
                Backend = options.Backend,
                Account = account,
                Principals = principals,
                Fails = step => faults.Take(InsideEks(step)) is not null,
                Clock = options.Clock,
            }));
            var mends = StandardMends.Create(session, eks, principals, faults, account, options.Clock);
            var proxy = await AwsProxy.StartAsync(
                new AwsProxyOptions
                {
                    Moto = moto.Endpoint,
                    Account = account,
                    Port = options.Port,
                    Mends = mends,
                    Faults = faults,
                    Principals = principals,
                    Clock = options.Clock,
                }, ct);
            return new LocalAws(moto, proxy, eks, principals, mends, options.Region);
        }
        catch
        {
            await moto.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Eks.DisposeAsync();
        foreach (var mend in _mends.OfType<IDisposable>())
        {
            mend.Dispose();
        }

        await Moto.DisposeAsync();
    }

    // A step of EKS that no request stands for, so that faults can name it like one.
    private static AwsCall InsideEks(string step) =>
        new() { Service = "eks", Action = step, Protocol = AwsProtocol.RestJson, Method = "", Path = "", IsWrite = true };
}
