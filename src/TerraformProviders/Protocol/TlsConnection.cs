using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>TLS below HTTP/2, as a step of the connection.</summary>
internal static class TlsConnection
{
    /// <summary>Serves one connection encrypted; ends quietly when the other side is not who it should be.</summary>
    public static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, SslServerAuthenticationOptions options)
    {
        var plain = connection.Transport;
        await using var tls = new SslStream(new PipeStream(plain));
        try
        {
            await tls.AuthenticateAsServerAsync(options, connection.ConnectionClosed);
        }
        catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException or OperationCanceledException)
        {
            return;
        }

        connection.Transport = new Duplex(
            PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: 16 << 10, leaveOpen: true)),
            PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
        try
        {
            await next(connection);
        }
        finally
        {
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // A pipe's two ends as one stream.
    private sealed class PipeStream(IDuplexPipe pipe) : Stream
    {
        private readonly Stream input = pipe.Input.AsStream(leaveOpen: true);
        private readonly Stream output = pipe.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
