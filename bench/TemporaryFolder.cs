namespace Mayfly.Bench;

/// <summary>A folder that goes with the benchmark.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mayfly-bench").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
