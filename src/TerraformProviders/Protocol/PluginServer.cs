using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>
/// Serves one Terraform process over a socket of its own and ends with it: on its request, or when its connection is
/// gone. The server is bare Kestrel: Terraform starts each provider several times in a command, and a full gRPC stack
/// costs more to start than all that a plan asks of it.
/// </summary>
internal sealed class PluginServer(ProviderService service)
{
    // Terraform connects at once; one that has not after this long died in between.
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int connections;

    /// <summary>Serves until Terraform is done.</summary>
    public async Task RunAsync(Handshake handshake)
    {
        // An interrupt from the terminal reaches this process too; Terraform decides what becomes of it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => ended.TrySetResult());

        var folder = Directory.CreateTempSubdirectory("plugin-");
        try
        {
            var socket = Path.Combine(folder.FullName, "socket");
            await using var app = Build(socket, handshake);
            await app.StartAsync();
            await Console.Out.WriteLineAsync(handshake.Line(socket));
            await Console.Out.FlushAsync();

            _ = ConnectWithinAsync();
            await ended.Task;
            service.Stop();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private WebApplication Build(string socket, Handshake handshake)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Limits.Http2.InitialConnectionWindowSize = 8 << 20;
            options.Limits.Http2.InitialStreamWindowSize = 8 << 20;
            options.ListenUnixSocket(socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection => CountAsync(next, connection));
                if (handshake.Tls() is { } tls)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls) });
                }
            });
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Interlocked.Increment(ref connections);
        try
        {
            await next(connection);
        }
        finally
        {
            if (Interlocked.Decrement(ref connections) == 0)
            {
                ended.TrySetResult();
            }
        }
    }

    private async Task ConnectWithinAsync()
    {
        await Task.Delay(ConnectWithin, TimeProvider.System);
        if (Volatile.Read(ref connections) == 0)
        {
            ended.TrySetResult();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        try
        {
            switch (http.Request.Path.Value)
            {
                case "/plugin.GRPCController/Shutdown":
                    await GrpcMessage.WriteAsync(http, new Messages.Empty());
                    ended.TrySetResult();
                    break;
                case "/plugin.GRPCStdio/StreamStdio" or "/plugin.GRPCBroker/StartStream":
                    await HoldOpenAsync(http);
                    break;
                case "/grpc.health.v1.Health/Check":
                    // SERVING is the enum's value 1 in the answer's first field.
                    await GrpcMessage.WriteAsync(http, [new byte[] { 8, 1 }]);
                    break;
                default:
                    await service.AnswerAsync(http);
                    break;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Terraform hung up; there is nobody to answer.
        }
    }

    // Nothing is ever said on these streams (the provider's streams stay empty, and no side channel is brokered), but
    // their end would tell Terraform that the plugin has gone.
    private async Task HoldOpenAsync(HttpContext http)
    {
        GrpcMessage.Begin(http);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(http.RequestAborted);
        var aborted = new TaskCompletionSource();
        await using (http.RequestAborted.UnsafeRegister(_ => aborted.TrySetResult(), null))
        {
            await Task.WhenAny(ended.Task, aborted.Task);
        }

        GrpcMessage.End(http, GrpcMessage.Status.Ok, "");
    }
}
