using System.Text;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>A Secret's values: text in Terraform (<c>data</c>) or base64 (<c>binary_data</c>), all base64 in the API's <c>data</c>.</summary>
internal static class SecretContent
{
    /// <summary>Brings the values into the API's form.</summary>
    public static void Write(TfObject state, TfObject config, JsonObject body)
    {
        body.Remove("binaryData");
        var data = new JsonObject();
        foreach (var (key, text) in state.Map("data").Concat(config.Map("data_wo")))
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }

        foreach (var (key, base64) in state.Map("binary_data").Concat(config.Map("binary_data_wo")))
        {
            data[key] = base64;
        }

        body.Remove("data");
        body.Remove("dataWo");
        body.Remove("binaryDataWo");
        if (data.Count > 0)
        {
            body["data"] = data;
        }
    }

    /// <summary>Reads the values back: what was written as base64 stays so, the rest is text. What is written only is not read.</summary>
    public static void Read(JsonObject live, TfObject? known, TfObject state)
    {
        var data = live["data"] as JsonObject ?? [];
        var binary = known?.Map("binary_data") ?? new Dictionary<string, string>();
        var writeOnly = known is not null && known["data"].IsNull && known["data_wo_revision"].HasValue;
        var texts = writeOnly ? [] : data.Where(entry => !binary.ContainsKey(entry.Key)).ToDictionary(
            entry => entry.Key, entry => Encoding.UTF8.GetString(Convert.FromBase64String($"{entry.Value}")));
        state["data"] = texts.Count == 0 && known?["data"].IsNull != false ? TfValue.Null : TfValue.Map(texts);
        state["binary_data"] = binary.Count == 0 ? known?["binary_data"] ?? TfValue.Null : TfValue.Map(
            data.Where(entry => binary.ContainsKey(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, $"{entry.Value}")));
    }
}
