using System.Text.Json.Nodes;
using Google.Protobuf;
using Mayfly.LocalCloud.Kubernetes.Api.Protobuf;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Bodies in Kubernetes' protobuf form: four bytes, an envelope with the type's name, the object.</summary>
internal static class ProtobufBodies
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static JsonObject? Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        if (!body.StartsWith(Magic))
        {
            throw ApiErrors.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        try
        {
            var envelope = Unknown.Parser.ParseFrom(body[Magic.Length..]);
            var kind = envelope.TypeMeta?.Kind ?? "";
            var value = kind switch
            {
                "Secret" => Convert(Protobuf.Secret.Parser.ParseFrom(envelope.Raw)),
                "ConfigMap" => Convert(Protobuf.ConfigMap.Parser.ParseFrom(envelope.Raw)),
                "Namespace" => With(Protobuf.Namespace.Parser.ParseFrom(envelope.Raw).Metadata),
                "ServiceAccount" => Convert(Protobuf.ServiceAccount.Parser.ParseFrom(envelope.Raw)),
                "DeleteOptions" => Convert(Protobuf.DeleteOptions.Parser.ParseFrom(envelope.Raw)),
                _ => throw ApiErrors.UnsupportedMediaType("application/json, application/yaml"),
            };
            value["kind"] = kind;
            value["apiVersion"] = envelope.TypeMeta?.ApiVersion;
            return value;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw ApiErrors.BadRequest("proto: cannot parse invalid wire-format data: " + error.Message);
        }
    }

    private static JsonObject Convert(Protobuf.Secret secret)
    {
        var value = With(secret.Metadata);
        if (secret.HasType)
        {
            value["type"] = secret.Type;
        }

        if (secret.HasImmutable)
        {
            value["immutable"] = secret.Immutable;
        }

        Bytes(value, "data", secret.Data);
        Texts(value, "stringData", secret.StringData);
        return value;
    }

    private static JsonObject Convert(Protobuf.ConfigMap map)
    {
        var value = With(map.Metadata);
        if (map.HasImmutable)
        {
            value["immutable"] = map.Immutable;
        }

        Texts(value, "data", map.Data);
        Bytes(value, "binaryData", map.BinaryData);
        return value;
    }

    private static JsonObject Convert(Protobuf.ServiceAccount account)
    {
        var value = With(account.Metadata);
        if (account.HasAutomountServiceAccountToken)
        {
            value["automountServiceAccountToken"] = account.AutomountServiceAccountToken;
        }

        return value;
    }

    private static JsonObject Convert(Protobuf.DeleteOptions options)
    {
        var value = new JsonObject();
        if (options.HasGracePeriodSeconds)
        {
            value["gracePeriodSeconds"] = options.GracePeriodSeconds;
        }

        if (options.HasOrphanDependents)
        {
            value["orphanDependents"] = options.OrphanDependents;
        }

        if (options.HasPropagationPolicy)
        {
            value["propagationPolicy"] = options.PropagationPolicy;
        }

        if (options.DryRun.Count > 0)
        {
            value["dryRun"] = new JsonArray([.. options.DryRun.Select(item => (JsonNode)item)]);
        }

        if (options.Preconditions is { } preconditions)
        {
            var conditions = value.Child("preconditions");
            Set(conditions, "uid", preconditions.Uid);
            Set(conditions, "resourceVersion", preconditions.ResourceVersion);
        }

        return value;
    }

    private static JsonObject With(ObjectMeta? source)
    {
        var metadata = new JsonObject();
        var value = new JsonObject { ["metadata"] = metadata };
        if (source is null)
        {
            return value;
        }

        Set(metadata, "name", source.Name);
        Set(metadata, "generateName", source.GenerateName);
        Set(metadata, "namespace", source.Namespace);
        Set(metadata, "uid", source.Uid);
        Set(metadata, "resourceVersion", source.ResourceVersion);
        Texts(metadata, "labels", source.Labels);
        Texts(metadata, "annotations", source.Annotations);
        if (source.Finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. source.Finalizers.Select(item => (JsonNode)item)]);
        }

        if (source.OwnerReferences.Count > 0)
        {
            metadata["ownerReferences"] = new JsonArray([.. source.OwnerReferences.Select(owner => (JsonNode)Owner(owner))]);
        }

        return value;
    }

    private static JsonObject Owner(OwnerReference source)
    {
        var owner = new JsonObject { ["apiVersion"] = source.ApiVersion, ["kind"] = source.Kind, ["name"] = source.Name, ["uid"] = source.Uid };
        if (source.HasController)
        {
            owner["controller"] = source.Controller;
        }

        if (source.HasBlockOwnerDeletion)
        {
            owner["blockOwnerDeletion"] = source.BlockOwnerDeletion;
        }

        return owner;
    }

    private static void Set(JsonObject map, string name, string text)
    {
        if (text.Length > 0)
        {
            map[name] = text;
        }
    }

    private static void Texts(JsonObject map, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        foreach (var (key, text) in texts)
        {
            map.Child(name)[key] = text;
        }
    }

    private static void Bytes(JsonObject map, string name, IEnumerable<KeyValuePair<string, ByteString>> values)
    {
        foreach (var (key, bytes) in values)
        {
            map.Child(name)[key] = bytes.ToBase64();
        }
    }
}
