using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>How a whole matrix is run: for how long, how many cases side by side, with which seed.</summary>
public static class MatrixRun
{
    private static readonly DateTimeOffset Started = DateTimeOffset.UtcNow;

    /// <summary>
    /// The seed that cases are drawn and ordered by: MAYFLY_SEED, else one that the sources give. So every change of the product draws
    /// another sample, and who runs the same commit again, anywhere, gets the same one.
    /// </summary>
    public static int Seed { get; } = Number("MAYFLY_SEED") ?? OfTheSources();

    /// <summary>True when MAYFLY_MATRIX_MINUTES are over: what runs ends, nothing more begins.</summary>
    public static bool IsOutOfTime() => Number("MAYFLY_MATRIX_MINUTES") is { } minutes && DateTimeOffset.UtcNow - Started > TimeSpan.FromMinutes(minutes);

    /// <summary>True for a column that MAYFLY_MATRIX_ONLY names, or for each when it names none.</summary>
    public static bool IsWanted(string column) =>
        Environment.GetEnvironmentVariable("MAYFLY_MATRIX_ONLY") is not { Length: > 0 } only || only.Split(',').Contains(column);

    /// <summary>Works through jobs, each worker on a local cloud of its own; a cloud on which a job failed is thrown away.</summary>
    public static Task WorkAsync<T>(IEnumerable<T> jobs, Func<MatrixCloud, T, Task<bool>> work)
    {
        var queue = new ConcurrentQueue<T>(jobs);
        return Task.WhenAll(Enumerable.Range(0, Number("MAYFLY_MATRIX_WORKERS") ?? 2).Select(async _ =>
        {
            while (!queue.IsEmpty && !IsOutOfTime())
            {
                await using var cloud = new MatrixCloud();
                await cloud.InitializeAsync();
                while (!IsOutOfTime() && queue.TryDequeue(out var job) && await work(cloud, job))
                {
                }
            }
        }));
    }

    private static int OfTheSources()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Source, "src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            all.AppendData(File.ReadAllBytes(file));
        }

        return BitConverter.ToInt32(all.GetHashAndReset()) & int.MaxValue;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
