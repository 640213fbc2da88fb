using System.Collections.Concurrent;
using System.Text.Json;
using Mayfly.Aws;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <summary>
/// Reads off a plan what it would create, asks whether it exists, and says what can be adopted. Needs no list: the identity rules
/// know how a resource of a type is found. Looks only, changes nothing.
/// </summary>
/// <param name="rules">The identity rules.</param>
/// <param name="ask">Asks AWS; throws <see cref="AwsException"/>.</param>
/// <param name="askCluster">Asks the cluster's API for a path; null while there is no cluster, and nothing in it then.</param>
/// <param name="names"><c>env</c>, <c>account</c>, <c>region</c>, <c>partition</c>.</param>
public sealed class OrphanSearch(
    IdentityRules rules,
    Func<Question, CancellationToken, Task<Reply>> ask,
    Func<Question, CancellationToken, Task<Reply>>? askCluster,
    IReadOnlyDictionary<string, string> names)
{
    // As many as AWS takes at once from one caller without throttling its describe calls.
    private const int AtOnce = 8;

    private readonly string _environment = names["env"];
    private readonly OwnerCheck _ownership = new(names["env"]);
    private readonly ConcurrentDictionary<string, Lazy<Task<AwsObservation<Reply>>>> _answers = new();

    /// <summary>Looks for every resource that the plan would create.</summary>
    public async Task<OrphanFindings> LookAsync(Plan plan, CancellationToken ct)
    {
        var found = new ConcurrentBag<object>();
        var created = plan.Changes.Where(change => change.IsCreate).ToList();
        var listed = await new ListSearch(rules, ask, askCluster, names).AnswerAsync(created, ct);
        await Parallel.ForEachAsync(created, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (change, token) =>
        {
            if (await LookForAsync(change, listed.GetValueOrDefault(change.Address), token) is { } finding)
            {
                found.Add(finding);
            }
        });

        return new OrphanFindings(
            [.. found.OfType<Orphan>().OrderBy(orphan => orphan.Address, StringComparer.Ordinal)],
            [.. found.OfType<Stranger>().OrderBy(stranger => stranger.Address, StringComparer.Ordinal)],
            [.. found.OfType<Doubt>().OrderBy(doubt => doubt.Address, StringComparer.Ordinal)]);
    }

    /// <summary>
    /// The import id that a planned resource would have if it existed, by its rule or, where there is none, by the name it is given;
    /// null when neither is known. Asks nobody.
    /// </summary>
    public Orphan? Guess(PlannedChange change)
    {
        var rule = rules.Find(change.Type);
        var id = rule is { Tagged: false } ? new AttributeTemplate(change.After, names).Fill(rule.ImportId) : OwnerCheck.PlannedNames(change.After).FirstOrDefault();
        return id is { Length: > 0 } ? new Orphan(change.Address, id) { IsGuess = true, IsOwn = rule?.NameIsOwn == true } : null;
    }

    private async Task<object?> LookForAsync(PlannedChange change, AwsObservation<Reply>? listed, CancellationToken ct)
    {
        if (rules.Find(change.Type) is not { } rule)
        {
            return null;
        }

        var template = new AttributeTemplate(change.After, names);
        if (rule.Service.Length == 0)
        {
            // A user's rule without a question: the import itself tells whether it is there.
            return Guess(change);
        }

        var question = listed is null ? QuestionWriter.Write(rule, template, NameTag(change), _environment) : null;
        if (listed is null && question is null)
        {
            return null;
        }

        switch (listed ?? await AnswerAsync(rule, question!, ct))
        {
            case AwsObservation<Reply>.Present(var reply):
                return Decide(rule, change, template, reply);
            case AwsObservation<Reply>.Unknown(var cause):
                return new Doubt(change.Address, $"{rule.Service} {rule.Operation}", cause);
            default:
                return null;
        }
    }

    private object? Decide(IdentityRule rule, PlannedChange change, AttributeTemplate template, Reply reply)
    {
        var matches = Matches(rule, template, reply);
        if (rule.Tagged)
        {
            // Not every API heeds every filter; what carries another owner or name was never meant.
            var name = NameTag(change);
            matches.RemoveAll(item => item.Tags(rule.Owned) is var tags
                && (tags.GetValueOrDefault(EnvironmentIdentity.OwnerTag) != _environment || (name is not null && tags.GetValueOrDefault("Name") != name)));
        }

        if (matches.Count == 0)
        {
            return null;
        }

        if (matches.Count > 1 && !rule.TakesFirst)
        {
            return new Doubt(change.Address, $"{rule.Service} {rule.Operation}", null, matches.Count);
        }

        if (template.Fill(rule.ImportId, matches[0]) is not { } importId)
        {
            return null;
        }

        var owner = OwnerOf(rule, matches[0], change, importId);
        return owner.IsOurs
            ? new Orphan(change.Address, importId, IsScheduledForDeletion(rule, matches[0]) ? importId : null)
            : new Stranger(change.Address, importId, owner.Name);
    }

    private static string? NameTag(PlannedChange change) =>
        AttributeTemplate.Attribute(change.After, "tags_all.Name") ?? AttributeTemplate.Attribute(change.After, "tags.Name");

    private static List<Reply> Matches(IdentityRule rule, AttributeTemplate template, Reply reply)
    {
        var items = rule.Items.Length == 0 ? [reply] : reply.Select(rule.Items).ToList();
        if (rule.IsReply)
        {
            return items.Count > 0 ? [reply] : [];
        }

        // A condition whose attribute is not planned says nothing about the item, and an empty one wants the field to be absent.
        return [.. items.Where(item => rule.Where.All(condition =>
            template.Fill(condition.Value) is { } wanted && (item.Select(condition.Key).FirstOrDefault()?.Text ?? "") == wanted))];
    }

    private (bool IsOurs, string? Name) OwnerOf(IdentityRule rule, Reply item, PlannedChange change, string importId)
    {
        if (rule.Owned is IdentityRule.ByParent or IdentityRule.ByCluster)
        {
            return (true, _environment);
        }

        // A tag says it for sure, whatever a rule of the configuration thinks of the name.
        if (rule.Owned != IdentityRule.ByName && item.Tags(rule.Owned).TryGetValue(EnvironmentIdentity.OwnerTag, out var owner))
        {
            return (owner == _environment, owner);
        }

        return (rule.NameIsOwn || _ownership.IsOwnName(importId, change.After), null);
    }

    private static bool IsScheduledForDeletion(IdentityRule rule, Reply item) =>
        rule.DeletionMark is { } mark && item.Select(mark).Any();

    private async Task<AwsObservation<Reply>> AnswerAsync(IdentityRule rule, Question question, CancellationToken ct)
    {
        var answer = _answers.GetOrAdd(question.Key, _ => new Lazy<Task<AwsObservation<Reply>>>(() => AskAsync(rule, question, ct)));
        return await answer.Value;
    }

    private async Task<AwsObservation<Reply>> AskAsync(IdentityRule rule, Question question, CancellationToken ct)
    {
        var inCluster = rule.Service == IdentityRule.Kubernetes;
        if (inCluster && askCluster is null)
        {
            return new AwsObservation<Reply>.NotFound();
        }

        var answer = await AwsObservation.LookAsync(() => inCluster ? askCluster!(question, ct) : ask(question, ct));
        return answer is AwsObservation<Reply>.NotFound && rule.AbsentIsPresent is not null
            ? await LookClosely(rule, question, ct)
            : answer;
    }

    // "There are no tags" and "there is no bucket" are both a not-found to the client; the code tells them apart.
    private async Task<AwsObservation<Reply>> LookClosely(IdentityRule rule, Question question, CancellationToken ct)
    {
        try
        {
            return new AwsObservation<Reply>.Present(await ask(question, ct));
        }
        catch (AwsException exception) when (exception.Code == rule.AbsentIsPresent)
        {
            var nothing = rule.Items.Split('.').Reverse().Aggregate<string, Reply?>(null, (child, name) => new Reply(name, null, child is null ? [] : [child]))!;
            return new AwsObservation<Reply>.Present(new Reply("", null, [nothing]));
        }
        catch (AwsException exception)
        {
            return exception.IsNotFound ? new AwsObservation<Reply>.NotFound() : new AwsObservation<Reply>.Unknown(exception);
        }
    }
}
