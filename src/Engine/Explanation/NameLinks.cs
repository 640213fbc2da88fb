using Mayfly.Aws.Route53.Model;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Explanation;

/// <summary>Judges what a visitor meets first and last: the name, its record, and the page. Pure.</summary>
public static class NameLinks
{
    /// <summary>Whether the name resolves from here. A resolver that fails proves nothing; the zone's own word does.</summary>
    public static Link Name(string host, ProbeAnswer answer, Look<ResourceRecordSet> record)
    {
        if (answer.Step != ProbeStep.Dns)
        {
            return Link.Fine("name", $"{host} is {string.Join(", ", answer.Addresses)}");
        }

        return record is Look<ResourceRecordSet>.Unknown
            ? Link.Unknown("name", $"{answer.Detail}; whether the zone has it is not known")
            : Link.Broken("name", answer.Detail, [],
                record.Value is null ? "See the link 'record'." : "The zone has the record: wait for it to spread, or check the zone's delegation.");
    }

    /// <summary>Whether the zone has a record for the host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="record">Its record.</param>
    /// <param name="balancer">The load balancer's name as the ingress has it; null when it has none or is not known.</param>
    /// <param name="controllers">What is wrong with those who write records.</param>
    public static Link Record(string host, string zone, Look<ResourceRecordSet> record, string? balancer, IReadOnlyList<string> controllers) =>
        record.Missing("record", () => Link.Broken("record", $"the zone {zone} has no A or CNAME record for {host}", controllers,
            "Check that external-dns runs, and read its pod's log.", "Check that the ingress has an address (kubectl get ingress)."))
        ?? (balancer is not null && !EdgeLooks.IsSame(balancer, Target(record.Value!))
            ? Link.Broken("record", $"it points at {Target(record.Value!)}, and the ingress is at {balancer}", controllers, "Check that external-dns runs, and read its pod's log.")
            : null)
        ?? Link.Fine("record", $"{record.Value!.Type} to {Target(record.Value)}");

    /// <summary>What a record points at.</summary>
    public static string Target(ResourceRecordSet record) =>
        (record.AliasTarget?.DNSName ?? string.Join(", ", record.ResourceRecords.Select(value => value.Value))).TrimEnd('.');

    /// <summary>Whether a record is the one for a host. Route 53 writes an asterisk as <c>\052</c>; a wildcard covers one label or more.
    /// A load balancer that people reach has an IPv4 address; an AAAA record alone leaves most of them out.</summary>
    public static bool Covers(ResourceRecordSet record, string host)
    {
        var name = record.Name.TrimEnd('.').Replace("\\052", "*", StringComparison.Ordinal);
        return record.Type is "A" or "CNAME"
            && (name.Equals(host, StringComparison.OrdinalIgnoreCase)
                || (name.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>What the visitor gets.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="failure">What the gate finds wrong with it; null: nothing.</param>
    /// <param name="name">The link of the name: a name that nobody can judge makes a page that nobody can judge.</param>
    public static Link Page(ProbeAnswer answer, Failure? failure, Link name) =>
        failure is null ? Link.Fine(Chain.Page, $"{answer.Detail}, as wanted")
        : name.State == LinkState.Unknown ? Link.Unknown(Chain.Page, answer.Detail)
        : Link.Broken(Chain.Page, failure.Summary, answer.Status >= 400 ? FirstLines(answer.Body) : [], [.. failure.Next.Where(next => !next.Contains("mayfly explain", StringComparison.Ordinal))]);

    private static IEnumerable<string> FirstLines(string body) =>
        body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3).Select(line => $"body | {(line.Length > 200 ? line[..200] : line)}");
}
