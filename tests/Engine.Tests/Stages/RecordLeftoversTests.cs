using Mayfly.Aws.Route53.Model;
using Mayfly.Engine.Teardown;

namespace Mayfly.Engine.Tests.Stages;

/// <summary>Whose a record of the zone is, by the marks that external-dns leaves.</summary>
public sealed class RecordLeftoversTests
{
    [Fact]
    public void Records_go_with_their_marks_of_both_forms_and_a_namesake_s_stay()
    {
        List<ResourceRecordSet> zone = [.. Marked("pr-4", "pr-4-a"), .. Marked("pr-42", "pr-42-a"), Record("A", "pr-4-b"), Mark("pr-4-old", "pr-4"), Record("A", "pr-4-old")];

        Assert.Equal(
            ["A pr-4-a.example.org.", "A pr-4-old.example.org.", "TXT cname-pr-4-a.example.org.", "TXT pr-4-old.example.org."],
            Owned(zone, "pr-4"));
        Assert.Equal(["A pr-42-a.example.org.", "TXT cname-pr-42-a.example.org."], Owned(zone, "pr-42"));
    }

    [Fact]
    public void A_name_that_looks_like_a_mark_of_another_s_record_does_not_take_that()
    {
        // The mark of "a-shop" in the old form looks like that of an address record "shop".
        List<ResourceRecordSet> zone = [Mark("a-shop", "pr-4"), Record("A", "a-shop"), .. Marked("pr-42", "shop")];

        Assert.Equal(["A a-shop.example.org.", "TXT a-shop.example.org."], Owned(zone, "pr-4"));
        Assert.Equal(["A shop.example.org.", "TXT cname-shop.example.org."], Owned(zone, "pr-42"));
    }

    [Fact]
    public void A_record_with_marks_of_two_owners_is_nobody_s_to_remove()
    {
        List<ResourceRecordSet> zone = [.. Marked("pr-4", "shop"), Mark("a-shop", "pr-42")];

        Assert.Equal(["TXT cname-shop.example.org."], Owned(zone, "pr-4"));
        Assert.Equal(["TXT a-shop.example.org."], Owned(zone, "pr-42"));
    }

    private static IEnumerable<ResourceRecordSet> Marked(string owner, string name) => [Record("A", name), Mark($"cname-{name}", owner)];

    private static ResourceRecordSet Record(string type, string name) => new() { Name = $"{name}.example.org.", Type = type };

    private static ResourceRecordSet Mark(string name, string owner) =>
        Record("TXT", name) with { ResourceRecords = [new ResourceRecord($"\"heritage=external-dns,external-dns/owner={owner},external-dns/resource=ingress/a/b\"")] };

    private static IReadOnlyList<string> Owned(List<ResourceRecordSet> zone, string environment) =>
        [.. RecordLeftovers.Owned(zone, Ownership.Of("shop", environment)).Select(entry => entry.Leftover.Id).Distinct().Order(StringComparer.Ordinal)];
}
