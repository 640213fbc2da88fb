using System.Net;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Gives services their cluster addresses and node ports.</summary>
internal sealed class ServiceAddresses
{
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    private readonly Lock _gate = new();
    private readonly uint _network;
    private readonly uint _size;
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private uint _next = 10;
    private int _nextPort = FirstNodePort;

    public ServiceAddresses(string cidr)
    {
        var network = IPNetwork.Parse(cidr);
        _network = ToNumber(network.BaseAddress);
        _size = 1u << (32 - network.PrefixLength);
    }

    /// <summary>The address of the API server itself.</summary>
    public IPAddress First => ToAddress(_network + 1);

    public bool Contains(string address) => IPAddress.TryParse(address, out var parsed)
        && ToNumber(parsed) - _network < _size;

    /// <summary>Fills in what the service does not have yet; what it had stays.</summary>
    public void Allocate(ClusterState state, JsonObject service, JsonObject? before)
    {
        var spec = service.Child("spec");
        var type = spec.Text("type");
        if (type == "ExternalName")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }

        lock (_gate)
        {
            var others = state.Store.All("services").Where(other =>
                other.Uid != service.Text("metadata", "uid")).ToList();
            if (string.IsNullOrEmpty(spec.Text("clusterIP")))
            {
                var had = before.Text("spec", "clusterIP");
                spec["clusterIP"] = string.IsNullOrEmpty(had) ? Free(others) : had;
            }

            spec.Default("clusterIPs", new JsonArray(spec["clusterIP"]!.DeepClone()));
            if (type is "NodePort" || type is "LoadBalancer" && spec.Flag("allocateLoadBalancerNodePorts") is not false)
            {
                NodePorts(spec, before, others);
            }
            else if (before.Text("spec", "type") is "NodePort" or "LoadBalancer")
            {
                foreach (var port in spec.Items("ports"))
                {
                    port.Remove("nodePort");
                }
            }
        }
    }

    /// <summary>Holds an address against other writers until the store has it.</summary>
    public IDisposable? Reserve(ClusterState state, ResourceType type, JsonObject value, JsonObject? before)
    {
        if (type.Storage != "services" || value.Text("spec", "clusterIP") is not { } address || address is "None" or ""
            || before.Text("spec", "clusterIP") == address)
        {
            return null;
        }

        lock (_gate)
        {
            var taken = state.Store.All("services").Any(other => other.Value.Text("spec", "clusterIP") == address
                && other.Uid != value.Text("metadata", "uid"));
            if (taken || !_pending.Add(address))
            {
                throw ApiErrors.Invalid(type, value.Text("metadata", "name")!,
                [
                    FieldError.InvalidText("spec.clusterIPs", $"[]string{{\"{address}\"}}",
                        "failed to allocate IP " + address + ": provided IP is already allocated"),
                ]);
            }
        }

        return new Reservation(() =>
        {
            lock (_gate)
            {
                _pending.Remove(address);
            }
        });
    }

    private string Free(List<StoredObject> services)
    {
        var taken = services.Select(service => service.Value.Text("spec", "clusterIP")).ToHashSet();
        for (var tried = 0u; tried < _size; tried++)
        {
            _next = _next + 1 < _size - 1 ? _next + 1 : 2;
            var address = ToAddress(_network + _next).ToString();
            if (!taken.Contains(address) && !_pending.Contains(address))
            {
                return address;
            }
        }

        throw ApiErrors.Internal("failed to allocate a serviceIP: range is full");
    }

    private void NodePorts(JsonObject spec, JsonObject? before, List<StoredObject> others)
    {
        var taken = others.SelectMany(service => service.Value.Items("spec", "ports")).Select(port =>
            port.Number("nodePort")).OfType<long>().ToHashSet();
        foreach (var port in spec.Items("ports").Where(port => port.Number("nodePort") is null or 0))
        {
            var had = before.Items("spec", "ports").FirstOrDefault(old => Json.Same(old["port"], port["port"])
                && Json.Same(old["protocol"], port["protocol"])).Number("nodePort");
            while (had is null or 0
                && (taken.Contains(_nextPort)
                || spec.Items("ports").Any(other => other.Number("nodePort") == _nextPort)))
            {
                _nextPort = _nextPort == LastNodePort ? FirstNodePort : _nextPort + 1;
            }

            port["nodePort"] = had is null or 0 ? _nextPort : had;
            if (had is null or 0)
            {
                _nextPort = _nextPort == LastNodePort ? FirstNodePort : _nextPort + 1;
            }
        }
    }

    private static uint ToNumber(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(0, 4));

    private static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    private sealed class Reservation(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
