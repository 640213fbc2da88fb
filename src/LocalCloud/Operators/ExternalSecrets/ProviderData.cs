using System.Text;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>Gathers what a wish asks of its stores.</summary>
internal sealed partial class ProviderData(StoreClients clients)
{
    /// <summary>Fetches everything.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="missing">Told of what is not there where that is no failure: with a deletion policy other than Retain.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="StoreException">Something cannot be had.</exception>
    public async Task<Dictionary<string, byte[]>> FetchAsync(ExternalSecret wish, Action<string> missing, CancellationToken ct)
    {
        var data = new Dictionary<string, byte[]>();
        var tolerant = (wish.Spec.Target?.DeletionPolicy ?? "Retain") != "Retain";
        foreach (var (index, source) in (wish.Spec.DataFrom ?? []).Index())
        {
            var place = $"spec.dataFrom[{index}].{(source.Find is null ? "extract" : "find")}";
            try
            {
                foreach (var (key, value) in await FetchAsync(wish, source, ct))
                {
                    data[key] = value;
                }
            }
            catch (StoreException failure) when (failure.IsMissing && tolerant)
            {
                missing($"secret does not exist at provider using spec.dataFrom[{index}]");
            }
            catch (StoreException failure)
            {
                throw failure.At(place);
            }
        }

        foreach (var (index, single) in (wish.Spec.Data ?? []).Index())
        {
            try
            {
                var client = await clients.OpenAsync(StoreOf(wish, single.SourceRef), wish.Metadata.NamespaceProperty, ct);
                data[single.SecretKey] = Decode(single.RemoteRef, await client.GetAsync(single.RemoteRef, ct));
            }
            catch (StoreException failure) when (failure.IsMissing && tolerant)
            {
                missing($"secret does not exist at provider using spec.data[{index}] (key={single.RemoteRef.Key})");
            }
            catch (StoreException failure)
            {
                throw failure.At($"spec.data[{index}] (key: {single.RemoteRef.Key})");
            }
        }

        return data;
    }

    private async Task<Dictionary<string, byte[]>> FetchAsync(ExternalSecret wish, ExternalSecretDataFrom source, CancellationToken ct)
    {
        var client = await clients.OpenAsync(StoreOf(wish, source.SourceRef), wish.Metadata.NamespaceProperty, ct);
        var found = source switch
        {
            { Find: { } find } => await client.FindAsync(find, ct),
            { Extract: { } extract } => (await client.GetMapAsync(extract, ct)).ToDictionary(pair => pair.Key, pair => Decode(extract, pair.Value)),
            _ => throw new StoreException("generators are not played by the local cloud"),
        };
        foreach (var rewrite in (source.Rewrite ?? []).Select(rewrite => rewrite.Regexp).OfType<RegexpRewrite>())
        {
            found = found.ToDictionary(
                pair => Regex.Replace(pair.Key, rewrite.Source, rewrite.Target, RegexOptions.None, TimeSpan.FromSeconds(1)), pair => pair.Value);
        }

        // The conversion strategy Default: what may not stand in a key of a Kubernetes secret becomes an underscore.
        return found.GroupBy(pair => Unusable().Replace(pair.Key, "_")).ToDictionary(pair => pair.Key, pair => pair.Last().Value);
    }

    private static StoreReference? StoreOf(ExternalSecret wish, SourceReference? source) => source?.StoreRef ?? wish.Spec.SecretStoreRef;

    private static byte[] Decode(RemoteReference reference, byte[] value)
    {
        if (reference.DecodingStrategy is null or "None")
        {
            return value;
        }

        var text = Encoding.UTF8.GetString(value);
        text = reference.DecodingStrategy == "Base64" ? text : text.Replace('-', '+').Replace('_', '/');
        text = text.PadRight(text.Length + ((4 - (text.Length % 4)) % 4), '=');
        var buffer = new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out var length))
        {
            return buffer[..length];
        }

        return reference.DecodingStrategy == "Auto"
            ? value
            : throw new StoreException($"error applying decoding strategy {reference.DecodingStrategy} to data: illegal base64 data");
    }

    [GeneratedRegex("[^-._a-zA-Z0-9]")]
    private static partial Regex Unusable();
}
