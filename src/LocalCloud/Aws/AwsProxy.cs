using System.Net;
using Mayfly.LocalCloud.Aws.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Mayfly.LocalCloud.Aws;

/// <summary>
/// The endpoint of all AWS services: recognizes each request, keeps a log, injects faults, puts right what moto does otherwise than
/// AWS, and hands the rest to moto.
/// </summary>
public sealed class AwsProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MotoForwarder _moto;
    private readonly AwsProxyOptions _options;

    private AwsProxy(WebApplication app, AwsProxyOptions options)
    {
        _app = app;
        _options = options;
        _moto = new MotoForwarder(options.Moto, app.Services.GetRequiredService<IHttpForwarder>());
    }

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>What was asked.</summary>
    public AwsRequestLog Log { get; } = new();

    /// <summary>What goes wrong on demand.</summary>
    public FaultBook Faults => _options.Faults;

    /// <summary>Starts it on loopback.</summary>
    public static async Task<AwsProxy> StartAsync(AwsProxyOptions options, CancellationToken ct = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Uploads to S3 have no limit of their own here.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        var app = builder.Build();
        var proxy = new AwsProxy(app, options);
        app.Run(proxy.AnswerAsync);
        await app.StartAsync(ct);
        proxy.Endpoint = new Uri(app.Urls.First());
        return proxy;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _moto.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var started = _options.Clock.GetTimestamp();
        var call = await AwsCallReader.ReadAsync(http.Request, http.RequestAborted);
        var fault = Faults.Take(call);
        try
        {
            await AnswerAsync(http, call, fault);
        }
        catch (HttpRequestException) when (!http.Response.HasStarted)
        {
            await AwsErrorReply.Make(call, 503, "ServiceUnavailable", "moto does not answer.").WriteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
        finally
        {
            var status = fault?.Kind is FaultKind.Reset or FaultKind.LoseAnswer ? 0 : http.Response.StatusCode;
            Log.Add(number => new AwsRequestEntry(number, _options.Clock.GetUtcNow(), call.Service, call.Action, call.IsWrite, call.Path, status,
                _options.Clock.GetElapsedTime(started), http.Request.Headers.UserAgent.ToString(), fault?.Id));
        }
    }

    private async Task AnswerAsync(HttpContext http, AwsCall call, FaultRule? fault)
    {
        switch (fault?.Kind)
        {
            case FaultKind.Latency:
                await Task.Delay(fault.Latency, _options.Clock, http.RequestAborted);
                break;
            case FaultKind.Reset:
                http.Abort();
                return;
            case FaultKind.LoseAnswer:
                await HeldAsync(http, call);
                http.Abort();
                return;
            case not null:
                await FaultReply.Make(fault, call, _options.Account).WriteAsync(http);
                return;
        }

        if (Refusals.Of(call, _options.Principals.Find(call.AccessKey), Faults.LifeOf("sts"), _options.Clock.GetUtcNow()) is { } refusal)
        {
            await refusal.WriteAsync(http);
            return;
        }

        if (_options.Mends.Any(mend => mend.Concerns(call)))
        {
            await (await HeldAsync(http, call)).WriteAsync(http);
            return;
        }

        await _moto.StreamAsync(http);
    }

    private Task<AwsReply> HeldAsync(HttpContext http, AwsCall call)
    {
        var mend = _options.Mends.FirstOrDefault(mend => mend.Concerns(call));
        return mend is null
            ? _moto.SendAsync(http, call)
            : mend.AnswerAsync(call, changed => _moto.SendAsync(http, changed), http.RequestAborted);
    }
}
