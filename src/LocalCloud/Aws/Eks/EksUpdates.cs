using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Changes of a cluster and their records.</summary>
internal sealed class EksUpdates(EksState state)
{
    public JsonObject Config(AwsCall call, string name)
    {
        var body = call.Json();
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, name);
            foreach (var part in (string[])["logging", "upgradePolicy", "deletionProtection", "zonalShiftConfig", "computeConfig", "storageConfig"])
            {
                body.CopyTo(part, cluster.Document);
            }

            Merge(body.Obj("resourcesVpcConfig"), cluster.Document.Obj("resourcesVpcConfig")!);
            Merge(body.Obj("accessConfig"), cluster.Document.Obj("accessConfig")!);
            var type = body.ContainsKey("logging") ? "LoggingUpdate"
                : body.ContainsKey("accessConfig") ? "AccessConfigUpdate"
                : body.ContainsKey("resourcesVpcConfig") ? "EndpointAccessUpdate" : "ConfigUpdate";
            return state.Updated(cluster, type);
        }
    }

    public JsonObject Version(AwsCall call, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, name);
            cluster.Document["version"] = call.Json().Str("version") ?? cluster.Document.Str("version");
            return state.Updated(cluster, "VersionUpdate");
        }
    }

    public JsonObject Encrypt(AwsCall call, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, name);
            call.Json().CopyTo("encryptionConfig", cluster.Document);
            return state.Updated(cluster, "AssociateEncryptionConfig");
        }
    }

    public JsonObject List(AwsCall call, string name)
    {
        lock (state.Lock)
        {
            return EksPages.Page(call, "updateIds", state.Get(call, name).Updates.Keys);
        }
    }

    public JsonObject Get(AwsCall call, string name, string id)
    {
        lock (state.Lock)
        {
            var update = state.Get(call, name).Updates.GetValueOrDefault(id) ?? throw EksError.NotFound($"No update found for id: {id}.");
            return new JsonObject { ["update"] = update.DeepClone() };
        }
    }

    private static void Merge(JsonObject? from, JsonObject to)
    {
        foreach (var (key, value) in from ?? [])
        {
            to[key] = value?.DeepClone();
        }
    }
}
