using System.Globalization;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <summary>
/// Answers the questions about many planned resources of one type from lists, so that five thousand of them cost a hundred calls and
/// not five thousand. What a list cannot answer is left to be asked one by one.
/// </summary>
/// <param name="rules">The identity rules, in whose form it answers.</param>
/// <param name="ask">Asks AWS.</param>
/// <param name="askCluster">Asks the cluster; null while there is none, and nothing to list then.</param>
/// <param name="names"><c>env</c>, <c>account</c>, <c>region</c>, <c>partition</c>.</param>
internal sealed class ListSearch(
    IdentityRules rules,
    Func<Question, CancellationToken, Task<Reply>> ask,
    Func<Question, CancellationToken, Task<Reply>>? askCluster,
    IReadOnlyDictionary<string, string> names)
{
    /// <summary>Fewer than that are asked for one by one: a list is a page at least, and mostly of other people's things.</summary>
    public const int Many = 20;

    private const int AtOnce = 4;

    /// <summary>Answers by address, for the planned resources that lists can answer for.</summary>
    public async Task<IReadOnlyDictionary<string, AwsObservation<Reply>>> AnswerAsync(IReadOnlyList<PlannedChange> created, CancellationToken ct)
    {
        var answers = new Dictionary<string, AwsObservation<Reply>>(StringComparer.Ordinal);
        var groups = created
            .Where(change => rules.Find(change.Type) is { Service.Length: > 0 } rule && (rule.Service != IdentityRule.Kubernetes || askCluster is not null))
            .GroupBy(change => change.Type)
            .Where(group => group.Count() >= Many)
            .SelectMany(group => ListRule.Find(group.Key) is { } rule ? Groups(rule, [.. group]) : [])
            .ToList();
        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (group, token) =>
        {
            var found = await LookAsync(group, token);
            lock (answers)
            {
                foreach (var (address, answer) in found)
                {
                    answers[address] = answer;
                }
            }
        });
        return answers;
    }

    // Resources that one list can answer for: all of them, or those that share what the list is limited to.
    private IEnumerable<Group> Groups(ListRule rule, IReadOnlyList<PlannedChange> created)
    {
        var wanted = created
            .Select(change => (Template: new AttributeTemplate(change.After, names), change))
            .Select(one => new Wanted(one.change, one.Template, one.Template.Fill(rule.Of) ?? ""))
            .Where(one => one.Name.Length > 0).ToList();
        var prefix = CommonPrefix(wanted.Select(one => one.Name));
        return wanted
            .Select(one => (one, Question: FirstPage(rule, one.Template, prefix)))
            .Where(pair => pair.Question is not null)
            .GroupBy(pair => pair.Question!.Key)
            .Where(group => group.Count() >= Many)
            .Select(group => new Group(rule, group.First().Question!, [.. group.Select(pair => pair.one)]));
    }

    private async Task<IEnumerable<KeyValuePair<string, AwsObservation<Reply>>>> LookAsync(Group group, CancellationToken ct)
    {
        var things = new Dictionary<string, Reply>(StringComparer.Ordinal);
        var listed = await AwsObservation.LookAsync(() => ListAsync(group, things, ct));
        return listed switch
        {
            AwsObservation<bool>.Present(true) => group.Wanted
                .Select(one => (one, Thing: things.GetValueOrDefault(one.Name)))
                .Where(pair => pair.Thing is null || !group.Rule.Closer)
                .Select(pair => KeyValuePair.Create(pair.one.Change.Address, pair.Thing is null
                    ? new AwsObservation<Reply>.NotFound()
                    : (AwsObservation<Reply>)new AwsObservation<Reply>.Present(InFormOf(rules.Find(pair.one.Change.Type)!, pair.Thing)))),
            AwsObservation<bool>.Unknown(var cause) when !cause.IsDenied => group.Wanted
                .Select(one => KeyValuePair.Create(one.Change.Address, (AwsObservation<Reply>)new AwsObservation<Reply>.Unknown(cause))),

            // Too many things that nobody asked about, or a caller that may look at each and may not list them.
            _ => [],
        };
    }

    // True: all pages were read. It is given up when it would take more calls than asking one by one.
    private async Task<bool> ListAsync(Group group, Dictionary<string, Reply> things, CancellationToken ct)
    {
        var question = group.Question;
        for (var page = 0; page < group.Wanted.Count; page++)
        {
            var reply = await (InCluster(group.Rule) ? askCluster! : ask)(question, ct);
            foreach (var thing in reply.Select(group.Rule.Items))
            {
                if (group.Rule.KeyOf(thing) is { } key)
                {
                    things.TryAdd(key, thing);
                }
            }

            if (reply.Select(group.Rule.Token).FirstOrDefault()?.Text is not { Length: > 0 } token)
            {
                return true;
            }

            question = NextPage(group, token);
        }

        return false;
    }

    // What the list says of a thing, as the answer to the rule's own question would say it.
    private static Reply InFormOf(IdentityRule rule, Reply thing)
    {
        if (rule.IsReply)
        {
            return thing.Text is null ? thing with { Name = "" } : new Reply("", null, [thing with { Name = rule.Items }]);
        }

        return rule.Items.Split('.').Reverse().Aggregate(
            thing, (child, name) => new Reply("", null, [child with { Name = name }]));
    }

    private static bool InCluster(ListRule rule) => rule.Service == IdentityRule.Kubernetes;

    private static Question? FirstPage(ListRule rule, AttributeTemplate template, string prefix)
    {
        var (path, query) = QuestionWriter.Path(rule.Path, template);
        return path is null || Input(rule, template, prefix) is not { } input ? null
            : InCluster(rule) ? new Question(rule.Service, rule.Operation, path, [.. query, .. input.Select(pair => KeyValuePair.Create(pair.Key, $"{pair.Value}"))], [])
            : new Question(rule.Service, rule.Operation, path, query, [.. input]);
    }

    private static Question NextPage(Group group, string token) => InCluster(group.Rule)
        ? group.Question with { Query = [.. group.Question.Query, new(group.Rule.Next, token)] }
        : group.Question with { Input = [.. group.Question.Input, new(group.Rule.Next, token)] };

    private static JsonObject? Input(ListRule rule, AttributeTemplate template, string prefix)
    {
        var input = new JsonObject();
        foreach (var (key, value) in rule.Input)
        {
            switch (Fill(value, template, prefix))
            {
                case { } filled:
                    input[key] = filled;
                    break;
                case null when !Mentions(value, "{@prefix}"):
                    return null;
            }
        }

        return input;
    }

    private static JsonNode? Fill(object? value, AttributeTemplate template, string prefix)
    {
        switch (value)
        {
            case string text when long.TryParse(text, CultureInfo.InvariantCulture, out var number):
                return number;
            case "true":
                return true;
            case "{@prefix}":
                return prefix.Length > 0 ? prefix : null;
            case string text:
                return template.Fill(text);
            case List<object?> list:
                var items = list.Select(item => Fill(item, template, prefix)).ToList();
                return items.Contains(null) ? null : new JsonArray([.. items]);
            case Dictionary<string, object?> map:
                var members = map.Select(pair => KeyValuePair.Create(pair.Key, Fill(pair.Value, template, prefix))).ToList();
                return members.Exists(member => member.Value is null) ? null : new JsonObject(members);
            default:
                return null;
        }
    }

    private static bool Mentions(object? value, string word) => value switch
    {
        string text => text == word,
        List<object?> list => list.Exists(item => Mentions(item, word)),
        Dictionary<string, object?> map => map.Values.Any(item => Mentions(item, word)),
        _ => false,
    };

    private static string CommonPrefix(IEnumerable<string> words) => words.Aggregate((one, other) =>
        one[..one.AsSpan().CommonPrefixLength(other)]);

    private sealed record Wanted(PlannedChange Change, AttributeTemplate Template, string Name);

    private sealed record Group(ListRule Rule, Question Question, IReadOnlyList<Wanted> Wanted);
}
