using System.Net;
using System.Net.Sockets;

namespace Mayfly.LocalCloud.Host;

/// <summary>Picks ports on loopback.</summary>
internal static class LoopbackPorts
{
    /// <summary>The first of the wished ports that can be bound; 0, any free one, when none can.</summary>
    public static int Choose(params ReadOnlySpan<int> wished)
    {
        foreach (var port in wished)
        {
            if (CanBind(port))
            {
                return port;
            }
        }

        return 0;
    }

    private static bool CanBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            // Taken, or below 1024 and not permitted.
            return false;
        }
    }
}
