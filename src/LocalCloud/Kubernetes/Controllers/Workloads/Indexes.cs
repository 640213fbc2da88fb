using System.Globalization;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>The indexes of an indexed job as its status writes them: <c>0-2,5</c>.</summary>
public static class Indexes
{
    /// <summary>Reads them.</summary>
    public static IEnumerable<int> Parse(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(part =>
    {
        var ends = part.Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1);
    });

    /// <summary>Writes them.</summary>
    public static string Format(IEnumerable<int> indexes)
    {
        var runs = new List<(int First, int Last)>();
        foreach (var index in indexes.Distinct().Order())
        {
            if (runs.Count > 0 && runs[^1].Last == index - 1)
            {
                runs[^1] = (runs[^1].First, index);
            }
            else
            {
                runs.Add((index, index));
            }
        }

        // Two in a row are listed, three are a range, as Kubernetes does it.
        return string.Join(',', runs.Select(run => (run.Last - run.First) switch
        {
            0 => run.First.ToString(CultureInfo.InvariantCulture),
            1 => $"{run.First},{run.Last}",
            _ => $"{run.First}-{run.Last}",
        }));
    }
}
