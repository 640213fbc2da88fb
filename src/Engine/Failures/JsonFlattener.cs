using System.Text;
using System.Text.Json;

namespace Mayfly.Engine.Failures;

/// <summary>Makes one line of a JSON body: every leaf as <c>path=value</c>, so that rules match fields and not punctuation.</summary>
internal static class JsonFlattener
{
    public static string Flatten(JsonElement root)
    {
        var text = new StringBuilder();
        Visit(root, "", text);
        return text.ToString().TrimEnd();
    }

    private static void Visit(JsonElement element, string path, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Visit(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", text);
                }

                break;
            case JsonValueKind.Array when element.GetArrayLength() == 0:
                text.Append(path).Append("=[]; ");
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Visit(item, $"{path}.{index++}", text);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                text.Append(path).Append('=').Append(element.ToString().ReplaceLineEndings(" ")).Append("; ");
                break;
        }
    }
}
