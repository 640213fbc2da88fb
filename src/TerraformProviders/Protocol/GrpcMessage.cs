using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>gRPC's framing of unary calls over HTTP/2: a flag, four octets of length, the message; the status in the trailer.</summary>
internal static class GrpcMessage
{
    private const int PrefixLength = 5;

    /// <summary>gRPC's status codes that are answered here.</summary>
    public enum Status
    {
        /// <summary>Done.</summary>
        Ok = 0,

        /// <summary>The provider's own fault.</summary>
        Internal = 13,

        /// <summary>No such method.</summary>
        Unimplemented = 12,
    }

    /// <summary>Reads the request's only message.</summary>
    public static async Task<T> ReadAsync<T>(HttpContext http, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(http.RequestAborted);
            if (TryParse(read.Buffer, parser, out var message))
            {
                body.AdvanceTo(read.Buffer.End);
                return message;
            }

            if (read.IsCompleted)
            {
                throw new InvalidDataException("The request ended before its message did.");
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Begins an answer.</summary>
    public static void Begin(HttpContext http) => http.Response.ContentType = "application/grpc";

    /// <summary>Answers with a message and ends well.</summary>
    public static async Task WriteAsync(HttpContext http, IMessage message)
    {
        Begin(http);
        var size = message.CalculateSize();
        var frame = http.Response.BodyWriter.GetSpan(PrefixLength + size);
        WritePrefix(frame, size);
        message.WriteTo(frame.Slice(PrefixLength, size));
        http.Response.BodyWriter.Advance(PrefixLength + size);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        End(http, Status.Ok, "");
    }

    /// <summary>Answers with a message that is serialised already.</summary>
    public static async Task WriteAsync(HttpContext http, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        Begin(http);
        WritePrefix(http.Response.BodyWriter.GetSpan(PrefixLength), parts.Sum(part => part.Length));
        http.Response.BodyWriter.Advance(PrefixLength);
        foreach (var part in parts)
        {
            await http.Response.BodyWriter.WriteAsync(part, http.RequestAborted);
        }

        End(http, Status.Ok, "");
    }

    /// <summary>Ends the answer.</summary>
    public static void End(HttpContext http, Status status, string message)
    {
        http.Response.AppendTrailer("grpc-status", $"{(int)status}");
        if (message.Length > 0)
        {
            http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    private static bool TryParse<T>(ReadOnlySequence<byte> buffer, MessageParser<T> parser, out T message)
        where T : IMessage<T>
    {
        message = default!;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] != 0)
        {
            throw new InvalidDataException("Compressed messages were not offered.");
        }

        if (buffer.Length < PrefixLength + length)
        {
            return false;
        }

        message = parser.ParseFrom(buffer.Slice(PrefixLength, length));
        return true;
    }

    private static void WritePrefix(Span<byte> frame, int size)
    {
        frame[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)size);
    }
}
