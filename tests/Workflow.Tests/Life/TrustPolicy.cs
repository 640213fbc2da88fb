using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>The role's trust as docs/github.md gives it to people, asked whom it admits.</summary>
internal static partial class TrustPolicy
{
    private static readonly JsonNode Statement = JsonNode.Parse(
        Json().Match(File.ReadAllText(Path.Combine(Repository.Source, "docs", "github.md"))).Groups["policy"].Value)!["Statement"]![0]!;

    /// <summary>Whether it admits a token.</summary>
    public static bool Admits(string subject, string audience)
    {
        Assert.Equal("Allow", Statement["Effect"]!.ToString());
        Assert.Equal("sts:AssumeRoleWithWebIdentity", Statement["Action"]!.ToString());
        Assert.Equal(["StringEquals"], Statement["Condition"]!.AsObject().Select(condition => condition.Key));
        var wanted = Statement["Condition"]!["StringEquals"]!.AsObject();
        Assert.Equal(2, wanted.Count);
        return wanted["token.actions.githubusercontent.com:sub"]!.ToString() == subject && wanted["token.actions.githubusercontent.com:aud"]!.ToString() == audience;
    }

    [GeneratedRegex(@"```json\s(?<policy>.*?AssumeRoleWithWebIdentity.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
