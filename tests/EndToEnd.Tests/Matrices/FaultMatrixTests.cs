namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>The fault matrix, whole: <c>scripts/matrix.sh faults</c>. By default <see cref="MatrixSampleTests"/> runs a sample.</summary>
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task A_fault_at_any_call_passes_or_is_explained()
    {
        var ct = TestContext.Current.CancellationToken;
        var log = MatrixLog.Open("faults");
        var matrix = new FaultMatrix(log);
        Sites sites;
        await using (var cloud = new MatrixCloud())
        {
            await cloud.InitializeAsync();
            sites = await FaultMatrix.RecordAsync(cloud, ct);
        }

        output.WriteLine($"{sites.Up.Count} call sites of up, {sites.Down.Count} of down");
        await MatrixRun.WorkAsync(FaultMatrix.Columns.Where(MatrixRun.IsWanted), async (cloud, kind) =>
        {
            var campaign = new FaultCampaign(matrix, sites, MatrixRun.IsOutOfTime);
            var settled = await log.TryAsync($"{kind}: lives end with nothing left", () => "lives", kind, async () =>
            {
                await (kind == FaultMatrix.Denied ? campaign.DenyAsync(cloud, ct) : campaign.PassAsync(cloud, kind, ct));
                return "each converged and went";
            });
            return settled;
        });

        var table = matrix.Table(sites);
        log.Publish(table);
        Assert.True(log.Rows.All(row => row.Passed), table);
    }
}
