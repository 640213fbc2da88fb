using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Mayfly.LocalCloud.Charts;

/// <summary>One version of a stand-in chart: its sources with the version filled in, packed as <c>helm package</c> packs.</summary>
public sealed class ChartArchive
{
    // A fixed time makes the archive, and with it the digest in the index, the same in every run.
    private static readonly DateTimeOffset Packed = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lazy<(byte[] Bytes, string Digest)> _content;

    internal ChartArchive(ChartSource source, string version, string appVersion)
    {
        Name = source.Name;
        Version = version;
        AppVersion = appVersion;
        _content = new Lazy<(byte[], string)>(() =>
        {
            var bytes = Pack(source, version, appVersion);
            return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        });
    }

    /// <summary>The chart's name.</summary>
    public string Name { get; }

    /// <summary>The chart's version.</summary>
    public string Version { get; }

    /// <summary>The version of what it installs.</summary>
    public string AppVersion { get; }

    /// <summary>The file's name in the repository.</summary>
    public string FileName => $"{Name}-{Version}.tgz";

    /// <summary>The SHA-256 of the archive, as the index states it.</summary>
    public string Digest => _content.Value.Digest;

    /// <summary>The archive; packed when it is first asked for.</summary>
    public ReadOnlyMemory<byte> Bytes => _content.Value.Bytes;

    private static byte[] Pack(ChartSource source, string version, string appVersion)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (path, text) in source.Files)
            {
                var content = path == "Chart.yaml"
                    ? text.Replace("{version}", version, StringComparison.Ordinal).Replace("{appVersion}", appVersion, StringComparison.Ordinal)
                    : text;
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{source.Name}/{path}")
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    ModificationTime = Packed,
                    Mode = (UnixFileMode)0b110_100_100,
                });
            }
        }

        return buffer.ToArray();
    }
}
