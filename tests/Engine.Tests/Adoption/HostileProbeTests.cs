using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Adoption;

/// <summary>Planned names of any kind in the questions of the identity rules: a question is about the thing of that name, or is not asked.</summary>
public sealed class HostileProbeTests
{
    private static readonly Dictionary<string, string> Names = new() { ["env"] = "pr-42", ["account"] = "123456789012", ["region"] = "us-east-1", ["partition"] = "aws" };

    private static readonly Gen<string> Hostile = Gen.OneOf(
        Known("", ".", "..", "../x", "a/b", "a?b=c", "a#b", "a%2Fb", "%2E%2E", "a&b=c", "a,name!=b", "${x}", "$(x)", "a\"]${x}", "a\nb", "{@account}", "{name}", "//evil.example.org/"),
        Gen.String[Gen.Char["ab./\\?#%&=;,:@{}$\"'` \n\té"], 0, 20],
        Gen.String[0, 20]);

    private static Gen<string> Known(params string[] names) => Gen.Int[0, names.Length - 1].Select(index => names[index]);

    [Fact]
    public Task A_name_stays_one_segment_of_the_path_and_one_value_of_the_query() => Hostile.SampleAsync(async name =>
    {
        foreach (var question in await AskedAsync(name))
        {
            var query = string.Join('&', question.Query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
            var there = new Uri(new Uri("https://api.example.org"), question.Path + (query.Length > 0 ? $"?{query}" : ""));

            Assert.Equal("api.example.org", there.Host);
            Assert.Equal(question.Path.Split('/').Select(Uri.UnescapeDataString), there.AbsolutePath.Split('/').Select(Uri.UnescapeDataString));
            Assert.Equal("", there.Fragment);
            Assert.Equal(query.Split('&').Length, there.Query.TrimStart('?').Split('&').Length);
            Assert.DoesNotContain("{", question.Path, StringComparison.Ordinal);
        }
    });

    // One resource of each type whose rule has a path, every attribute the same name.
    private static async Task<List<Question>> AskedAsync(string name)
    {
        string[] attributes = ["name", "bucket", "cluster_name", "node_group_name", "addon_name", "fargate_profile_name", "principal_arn", "zone_id", "type", "namespace"];
        var after = new JsonObject(attributes.Select(attribute => KeyValuePair.Create(attribute, (JsonNode?)name)))
        {
            ["metadata"] = new JsonArray(new JsonObject { ["name"] = name, ["namespace"] = name }),
        }.ToJsonString();
        var changes = IdentityRules.BuiltIn.Where(rule => rule.Path is not null).SelectMany(rule => rule.Types).Select(type =>
            $$$$"""{"address":"{{{{type}}}}.x","type":"{{{{type}}}}","change":{"actions":["create"],"after":{{{{after}}}},"after_unknown":{}}}""");
        var plan = Plan.Read("plan", [], Encoding.UTF8.GetBytes($$"""{"resource_changes":[{{string.Join(',', changes)}}]}"""));
        var asked = new List<Question>();
        Task<Reply> AskAsync(Question question, CancellationToken ct)
        {
            lock (asked)
            {
                asked.Add(question);
            }

            return Task.FromResult(Reply.Empty);
        }

        await new OrphanSearch(new IdentityRules([]), AskAsync, AskAsync, Names).LookAsync(plan, TestContext.Current.CancellationToken);
        return asked;
    }
}
