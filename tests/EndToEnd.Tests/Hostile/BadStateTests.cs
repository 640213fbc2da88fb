using System.Text;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Adoption;
using Mayfly.EndToEnd.Tests.Locks;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Engine.Leases;

namespace Mayfly.EndToEnd.Tests.Hostile;

/// <summary>A state that cannot be read asks for a person: it is named, left as it is, and nothing is done on it.</summary>
public sealed class BadStateTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("up", """{"version":4,"serial":3,"lineage":"a","resources":[{"mode":"mana""")]
    [InlineData("down", """{"version":4,"serial":3,"lineage":"a","resources":[{"mode":"mana""")]
    [InlineData("up", """{"version":5,"serial":3,"lineage":"a","terraform_version":"9.9.9","resources":[]}""")]
    [InlineData("plan", "hello, this is no state")]
    [InlineData("up", """{"version":4,"serial":"three","resources":{}}""")]
    public async Task A_state_that_cannot_be_read_is_left_as_it_is_and_explained(string command, string state)
    {
        using var stack = new SmallStack(moto.Session, LockKind.File, TimeSpan.FromSeconds(60), TimeSpan.FromHours(2), "true");
        await stack.CreateAsync(Ct);
        using var s3 = stack.Session.CreateS3();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = stack.Bucket, Key = stack.StateKey, ContentBody = state }, Ct);
        Directory.CreateDirectory(stack.Home);

        var run = await new MayflyProgram(stack.Home, stack.Folder) { Variables = stack.Variables }.RunAsync(Ct, command, "--pr", "7", "--branch", "small");

        run.Ended(3);
        var failure = run.Result.GetProperty("failure");
        Assert.Contains("cannot be read", failure.GetProperty("summary").GetString());
        Assert.Contains($"s3://{stack.Bucket}/{stack.StateKey}", failure.GetProperty("next").GetRawText());
        Assert.DoesNotContain("   at ", run.Error);
        Assert.False(run.Result.GetProperty("changed").GetBoolean(), run.Story);
        var store = new S3Store(s3, stack.Bucket, TimeProvider.System);
        Assert.Equal(state, Encoding.UTF8.GetString((await store.GetAsync(stack.StateKey, Ct))!.Content.Span));
        Assert.Equal((false, false), await stack.LockedAsync(Ct));
    }
}
