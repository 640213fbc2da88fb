using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Unblocking;

/// <summary>What is to go in a cluster and hangs, at one look.</summary>
/// <param name="Ending">Namespaces that are being deleted.</param>
/// <param name="Stuck">Objects that are to go and are held by finalizers.</param>
/// <param name="Broken">APIs that nobody answers, where they keep a namespace.</param>
public sealed record StuckSight(IReadOnlyList<V1Namespace> Ending, IReadOnlyList<StuckObject> Stuck, IReadOnlyList<BrokenApi> Broken)
{
    /// <summary>True when nothing hangs.</summary>
    public bool IsClear => Ending.Count == 0 && Stuck.Count == 0;

    /// <summary>Differs as soon as anything of it moves.</summary>
    public string Fingerprint => string.Join('|',
        Ending.SelectMany(item => NamespaceHold.Reasons(item).Prepend(item.Metadata.Name))
            .Concat(Stuck.Select(stuck => $"{stuck} {string.Join(',', stuck.Metadata.Finalizers ?? [])}")).Order(StringComparer.Ordinal));

    /// <summary>Looks.</summary>
    public static async Task<StuckSight> LookAsync(Cluster cluster, CancellationToken ct)
    {
        var ending = (await cluster.Api.CoreV1.ListNamespaceAsync(cancellationToken: ct)).Items.Where(item => item.Metadata.DeletionTimestamp is not null).ToList();
        var stuck = await new StuckObjects(cluster).FindAsync(ending, ct);
        var broken = ending.Exists(NamespaceHold.CannotDiscover) ? await BrokenApi.FindAsync(cluster, ct) : [];
        return new StuckSight(ending, stuck, broken);
    }

    /// <summary>The failure that namespaces do not end: what holds each, and what a person can do.</summary>
    /// <param name="kept">The namespaces.</param>
    /// <param name="release">What may be done about a finalizer.</param>
    /// <param name="controllers">Who could take them off.</param>
    public Failure Explain(IReadOnlyList<V1Namespace> kept, FinalizerRelease release, Controllers controllers)
    {
        var (evidence, next) = (new List<string>(), new List<string>());
        foreach (var item in kept)
        {
            evidence.AddRange(NamespaceHold.Reasons(item).Select(reason => $"namespace {item.Metadata.Name}: {reason}"));
            foreach (var stuck in Stuck.Where(stuck => stuck.Keeps == item.Metadata.Name))
            {
                foreach (var finalizer in stuck.Metadata.Finalizers ?? [])
                {
                    var verdict = release.Judge(finalizer, controllers);
                    evidence.Add($"{stuck}: {(verdict switch { FinalizerVerdict.Unsafe(var why, _) => why, FinalizerVerdict.Wait(var why) => why, _ => $"finalizer {finalizer}" })}");
                    next.AddRange(verdict is FinalizerVerdict.Unsafe(_, var act) ? [act] : []);
                }
            }
        }

        evidence.AddRange(Broken.Select(broken => $"{broken}: {broken.Why}"));
        next.AddRange(Broken.Select(broken => $"Repair what answers {broken}, or remove it when nothing needs it."));
        return Failure.Of(
            "namespace-does-not-end", "k8s_namespace_terminating", Disposition.NeedsHuman,
            $"namespace {string.Join(", ", kept.Select(item => item.Metadata.Name))} is being deleted and does not end",
            [.. next.Distinct().DefaultIfEmpty("Look at the namespace's conditions; they name what is left."), "Run the command again."]) with
        {
            Tool = "kubectl",
            Evidence = evidence,
        };
    }
}
