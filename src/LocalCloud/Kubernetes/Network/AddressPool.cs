using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Network;

/// <summary>
/// Hands out addresses: a /24 for each node, out of 10.0.0.0/16 as the reference stack's VPC has it, the first one for the node itself.
/// An address that was given back is used again as late as possible, so that nobody meets a stranger at an address just left.
/// </summary>
public sealed class AddressPool
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte, byte> _last = [];
    private readonly HashSet<IPAddress> _taken = [];
    private byte _nextNode;

    /// <summary>A new range for a node.</summary>
    public NodeRange TakeRange()
    {
        lock (_gate)
        {
            for (var tries = 0; tries < 250; tries++)
            {
                _nextNode = _nextNode == 250 ? (byte)1 : (byte)(_nextNode + 1);
                if (_last.TryAdd(_nextNode, 1))
                {
                    return new NodeRange(new IPAddress([10, 0, _nextNode, 0]), new IPAddress([10, 0, _nextNode, 1]));
                }
            }
        }

        throw new InvalidOperationException("The cluster has no room for another node: all 250 ranges are taken.");
    }

    /// <summary>An address for a pod on a node; null when the node has no more.</summary>
    public IPAddress? Take(NodeRange range)
    {
        var third = range.Base.GetAddressBytes()[2];
        lock (_gate)
        {
            // A range that was given back has none: the node went while a pod came.
            for (var tries = 0; tries < 250 && _last.ContainsKey(third); tries++)
            {
                var last = _last[third] = _last[third] >= 251 ? (byte)2 : (byte)(_last[third] + 1);
                var address = new IPAddress([10, 0, third, last]);
                if (_taken.Add(address))
                {
                    return address;
                }
            }
        }

        return null;
    }

    /// <summary>Gives a pod's address back.</summary>
    public void Return(IPAddress address)
    {
        lock (_gate)
        {
            _taken.Remove(address);
        }
    }

    /// <summary>Gives a node's range back.</summary>
    public void Return(NodeRange range)
    {
        lock (_gate)
        {
            _last.Remove(range.Base.GetAddressBytes()[2]);
        }
    }
}

/// <summary>A node's addresses.</summary>
/// <param name="Base">The /24 below which its pods are.</param>
/// <param name="Node">The node's own address.</param>
public sealed record NodeRange(IPAddress Base, IPAddress Node)
{
    /// <summary>The range as Kubernetes writes it in <c>podCIDR</c>.</summary>
    public string Cidr => $"{Base}/24";
}
