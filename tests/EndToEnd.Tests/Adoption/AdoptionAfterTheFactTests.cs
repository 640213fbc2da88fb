using System.Text.Json.Nodes;
using Mayfly.Engine;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Adoption;

/// <summary>What exists although the search before the apply did not find it: an apply that says so leads to the adoption of just that.</summary>
public sealed class AdoptionAfterTheFactTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AwsQuestions Aws => new(moto.Session);

    [Fact]
    public async Task What_is_made_between_plan_and_apply_is_adopted_at_its_address_and_the_apply_tried_once_more()
    {
        using var stack = new AdoptionStack(moto.Session, Groups("late"))
        {
            BeforeApply = async ct => await MakeGroupAsync("/pr-7/late/a.b", null, ct),
        };

        var (end, events) = await stack.ConvergeAsync(Ct);

        Assert.True(end.Ending is Ending.Holds, Story(events));
        Assert.Equal(["module.logs[\"x.y\"].aws_cloudwatch_log_group.this[\"a.b\"]"], events.OfType<Adopted>().Select(adopted => adopted.Address));
        Assert.Equal("go back to reconcile:all", Assert.Single(events.OfType<VerdictReached>()).Verdict);
        Assert.Equal(2, events.OfType<StageStarted>().Count(started => started.Stage == "apply:all"));
    }

    [Fact]
    public async Task What_no_search_finds_is_adopted_by_the_name_it_is_given_and_nothing_else_is()
    {
        await MakeGroupAsync("/pr-7/blind/a.b", null, Ct);
        using var stack = new AdoptionStack(moto.Session, Groups("blind")) { Finder = finder => new BlindFinder(finder) };

        var (end, events) = await stack.ConvergeAsync(Ct);

        Assert.True(end.Ending is Ending.Holds, Story(events));
        Assert.Equal(["/pr-7/blind/a.b"], events.OfType<Adopted>().Select(adopted => adopted.ImportId));
    }

    [Fact]
    public async Task What_exists_and_cannot_be_named_asks_a_person_once()
    {
        await MakeGroupAsync("/pr-7/nameless/a.b", null, Ct);
        using var stack = new AdoptionStack(moto.Session, Groups("nameless")) { Finder = finder => new BlindFinder(finder) { Guesses = _ => null } };

        var (end, events) = await stack.ConvergeAsync(Ct);

        Assert.Equal((Ending.NeedsPerson, "exists-without-identity"), (end.Ending, end.Failure?.Rule));
        Assert.Contains("aws_cloudwatch_log_group", end.Failure!.Next[0]);
        Assert.Equal(1, events.OfType<StageStarted>().Count(started => started.Stage == "apply:all"));
    }

    [Fact]
    public async Task A_name_of_ours_with_the_tag_of_another_is_left_alone_and_its_owner_named()
    {
        await MakeGroupAsync("/pr-7/taken/a.b", "pr-8", Ct);
        using var stack = new AdoptionStack(moto.Session, Groups("taken"));

        var (end, events) = await stack.ConvergeAsync(Ct);

        Assert.Equal((Ending.NeedsPerson, "stranger-in-place"), (end.Ending, end.Failure?.Rule));
        Assert.Contains("environment pr-8", end.Failure!.Summary);
        Assert.Empty(events.OfType<Adopted>());
        Assert.DoesNotContain(events.OfType<StageStarted>(), started => started.Stage == "apply:all");
        Assert.Empty((await Aws.AskAsync(new Question("logs", "DescribeLogGroups", "/", [], [new("logGroupNamePrefix", "/pr-7/taken/c")]), Ct)).Select("logGroups"));
    }

    [Fact]
    public async Task A_rule_of_the_configuration_tries_the_import_and_takes_it_back_where_there_is_nothing()
    {
        const string Rules = """
            adoption:
              - type: aws_s3_object
                import_id: "{bucket}/{key}"
                name_is_own: true
            """;
        using var stack = new AdoptionStack(moto.Session, """
            resource "aws_s3_bucket" "this" {
              bucket = "pr-7-objects"
            }

            resource "aws_s3_object" "this" {
              count   = 2
              bucket  = aws_s3_bucket.this.bucket
              key     = "key-${count.index}"
              content = "x"
            }
            """, Rules);

        var (first, born) = await stack.ConvergeAsync(Ct);
        Assert.True(first.Ending is Ending.Holds, Story(born));
        Assert.Empty(born.OfType<Adopted>());
        Assert.Empty(born.OfType<VerdictReached>());

        stack.LoseState();
        var (second, found) = await stack.ConvergeAsync(Ct);
        Assert.True(second.Ending is Ending.Holds, Story(found));
        Assert.Equal(["aws_s3_bucket.this", "aws_s3_object.this[0]", "aws_s3_object.this[1]"], found.OfType<Adopted>().Select(adopted => adopted.Address));
        Assert.Empty(found.OfType<VerdictReached>());
    }

    [Fact]
    public async Task What_hangs_on_a_found_thing_is_looked_for_once_that_is_known()
    {
        using var stack = new AdoptionStack(moto.Session, """
            resource "aws_vpc" "this" {
              cidr_block = "10.77.0.0/16"
              tags       = { Name = "pr-7" }
            }

            resource "aws_internet_gateway" "this" {
              vpc_id = aws_vpc.this.id
              tags   = { Name = "pr-7" }
            }

            resource "aws_route_table" "this" {
              vpc_id = aws_vpc.this.id
              tags   = { Name = "pr-7" }
            }

            resource "aws_route" "this" {
              route_table_id         = aws_route_table.this.id
              destination_cidr_block = "0.0.0.0/0"
              gateway_id             = aws_internet_gateway.this.id
            }

            resource "aws_security_group" "this" {
              name   = "pr-7"
              vpc_id = aws_vpc.this.id
            }

            resource "aws_vpc_security_group_ingress_rule" "this" {
              security_group_id = aws_security_group.this.id
              ip_protocol       = "tcp"
              from_port         = 443
              to_port           = 443
              cidr_ipv4         = "10.0.0.0/8"
            }
            """);
        Assert.Equal(Ending.Holds, (await stack.ConvergeAsync(Ct)).End.Ending);

        stack.LoseState();
        var (end, events) = await stack.ConvergeAsync(Ct);

        Assert.True(end.Ending is Ending.Holds, Story(events));
        Assert.Equal(6, events.OfType<Adopted>().Count());
        Assert.Empty(events.OfType<VerdictReached>());
        Assert.DoesNotContain(events.OfType<ResourceChanged>(), changed => changed.Action == "create");
    }

    // Addresses with all that they can have: a module with a key, and a key with a dot.
    private static string Groups(string name) => $$"""
        module "logs" {
          source   = "./logs"
          for_each = toset(["x.y"])
          name     = "{{name}}"
        }
        """;

    private async Task MakeGroupAsync(string name, string? owner, CancellationToken ct)
    {
        List<KeyValuePair<string, JsonNode?>> input = [new("logGroupName", name)];
        if (owner is not null)
        {
            input.Add(new("tags", new JsonObject { ["mayfly:environment"] = owner }));
        }

        await Aws.AskAsync(new Question("logs", "CreateLogGroup", "/", [], input), ct);
    }

    private static string Story(IReadOnlyList<RunEvent> events) => string.Join('\n', events);

    /// <summary>A search that finds nothing, as where no rule knows a type.</summary>
    private sealed class BlindFinder(IOrphanFinder real) : IOrphanFinder
    {
        public Func<PlannedChange, Orphan?> Guesses { get; init; } = real.Guess;

        public Task<OrphanFindings> FindAsync(Plan plan, CancellationToken ct) => Task.FromResult(new OrphanFindings([], [], []));

        public Orphan? Guess(PlannedChange change) => Guesses(change);

        public Task RestoreSecretAsync(string id, CancellationToken ct) => real.RestoreSecretAsync(id, ct);
    }
}
