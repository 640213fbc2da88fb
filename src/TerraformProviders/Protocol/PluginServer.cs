using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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

    // For the last answer, to the request to shut down, to go out.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(1);

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
            using var server = Build(socket, handshake);
            await server.StartAsync(new Application(AnswerAsync), CancellationToken.None);
            await Console.Out.WriteLineAsync(handshake.Line(socket));
            await Console.Out.FlushAsync();

            _ = ConnectWithinAsync();
            await ended.Task;
            service.Stop();
            using var grace = new CancellationTokenSource(StopWithin, TimeProvider.System);
            await server.StopAsync(grace.Token);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The server itself without a host around it: no container of services, no configuration, no routes.
    private KestrelServer Build(string socket, Handshake handshake)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,

            // Encryption is below, where the server does not see it, and Terraform rightly says https.
            AllowAlternateSchemes = true,
            Limits =
            {
                MaxRequestBodySize = null,
                MinRequestBodyDataRate = null,
                MinResponseDataRate = null,
                Http2 = { InitialConnectionWindowSize = 8 << 20, InitialStreamWindowSize = 8 << 20 },
            },
        };
        options.ListenUnixSocket(socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => CountAsync(next, connection));
            if (handshake.Tls() is { } tls)
            {
                listen.Use(next => connection => TlsConnection.ServeAsync(connection, next, tls));
            }
        });
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
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

    private sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
