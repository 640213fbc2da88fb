using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>
/// Takes secrets out of what goes into a bundle: every value the redactor knows; data of Secret objects; values whose name says
/// that they are secret, wherever they stand; and what looks like a secret by its form, whoever wrote it.
/// </summary>
public sealed partial class Scrubber(Redactor redactor)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>A text without secrets.</summary>
    public string Text(string text)
    {
        var scrubbed = PrivateKey().Replace(text, Redactor.Mark);
        scrubbed = UserInfo().Replace(scrubbed, $"$1{Redactor.Mark}@");
        scrubbed = Token().Replace(scrubbed, Redactor.Mark);
        scrubbed = Bearer().Replace(scrubbed, $"$1{Redactor.Mark}");
        return redactor.Redact(Assigned().Replace(scrubbed, $"$1{Redactor.Mark}"));
    }

    /// <summary>A JSON value as readable text without secrets.</summary>
    public string Json(JsonNode? node)
    {
        Clean(node);
        return Text(node?.ToJsonString(Readable) ?? "null");
    }

    /// <summary>Whether a name says that its value is secret: of a variable, a key, a flag. Pure.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(Hump().Replace(name, "_"));

    private void Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                CleanObject(map);
                foreach (var (key, value) in map.ToList())
                {
                    map[key] = Cleaned(key, value);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    list[i] = Cleaned("", list[i]);
                }

                break;
        }
    }

    private void CleanObject(JsonObject map)
    {
        map.Remove("managedFields");
        (map["annotations"] as JsonObject)?.Remove(LastApplied);
        if (map["kind"]?.ToString() == "Secret" || (map["type"] is JsonValue && map["data"] is JsonObject && map["spec"] is null && map["metadata"] is JsonObject))
        {
            foreach (var field in new[] { "data", "stringData" })
            {
                if (map[field] is JsonObject data)
                {
                    map[field] = new JsonObject(data.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Redactor.Mark)));
                }
            }
        }

        // env: [{ name, value }], and whatever else is told in such pairs
        if (map["name"] is JsonValue name && map["value"] is JsonValue value && IsSecretName(name.ToString()))
        {
            redactor.Learn(value.ToString());
            map["value"] = Redactor.Mark;
        }
    }

    private JsonNode? Cleaned(string key, JsonNode? value)
    {
        if (value is JsonValue scalar && scalar.TryGetValue<string>(out var text))
        {
            if (text.Length > 0 && text != Redactor.Mark && IsSecretValueOf(key))
            {
                redactor.Learn(text);
                return Redactor.Mark;
            }

            return Text(text) is var scrubbed && scrubbed == text ? value.DeepClone() : scrubbed;
        }

        Clean(value);
        return value?.DeepClone();
    }

    // Names of secrets are no secrets: secretName, secretKeyRef, tokenExpirationSeconds and the like stand in every pod.
    private static bool IsSecretValueOf(string key) => IsSecretName(key) && !Reference().IsMatch(key);

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex("(\\b[a-z][a-z0-9+.-]*://[^\\s:/@\"']*:)[^\\s@/\"']+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    // JSON web tokens, GitHub's tokens, AWS's key ids, the presigned tokens of EKS
    [GeneratedRegex("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*|\\bgh[pousr]_[A-Za-z0-9]{20,}|\\bgithub_pat_\\w{20,}|\\bA(?:KIA|SIA)[A-Z0-9]{16}\\b|\\bk8s-aws-v1\\.[A-Za-z0-9_-]+|\\bX-Amz-(?:Signature|Security-Token)=[^&\\s\"]+")]
    private static partial Regex Token();

    [GeneratedRegex("(\\b(?:Bearer|Basic) )[A-Za-z0-9+/=._~-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    // NAME=value anywhere; NAME: value and "NAME": "value" where a key stands; a password also in the middle of a sentence.
    [GeneratedRegex("((?:^|[\\s\"'{,;?&(-])[\\w.-]*(?:password|passwd|passphrase|secret[_-](?:access[_-])?key|secretaccesskey|api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|private[_-]?key)(?:[\"']?\\s*=|(?<=(?:^[ \\t-]*|[\"'{,][ \\t]*[\"']?)[\\w.-]+|passw(?:or)?d)[\"']?\\s*:)\\s*[\"']?)(?!\\[secret\\]|[\"'{\\[(<$]|env:|generate:|null\\b|true\\b|false\\b|\\s)[^\\s\"',;&}]+", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Assigned();

    [GeneratedRegex("(?:^|[_.\\-/])(?:password|passwd|pwd|passphrase|token|credentials?|secrets?|apikey|authtoken|dsn)(?:$|[_.\\-/])|[_.\\-/]key$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Hump();

    [GeneratedRegex("(?:Name|Ref|Refs|Store|Class|Kind|Seconds|Policy|Version|Type|Path|Id|Arn)$|^(?:secret|secretKey|secretKeyRef|remoteRef|imagePullSecrets?|objectName|key|.*/.*)$|^[a-z]+\\.[a-z.]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
