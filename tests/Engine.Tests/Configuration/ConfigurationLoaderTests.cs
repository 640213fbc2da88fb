using Mayfly.Engine.Configuration;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    private const string Least = "project: demo\nstate: {bucket: b}\nhelm: {chart: chart}\nenvironment: {public_host: '{env_id}-{branch_slug}.a.io', zone: a.io}\n";

    [Fact]
    public void A_full_file_becomes_the_configuration()
    {
        using var folder = ConfigurationSample.Folder();
        var path = folder.Write("mayfly.yaml", ConfigurationSample.Full().ToJsonString());

        var configuration = ConfigurationLoader.Load(path);

        Assert.Equal(folder.Path, configuration.Directory);
        Assert.Equal(TimeSpan.FromMinutes(90), configuration.State.LockAge);
        Assert.Equal(["net", "cluster"], configuration.Terraform.Layers.Select(layer => layer.Name));
        Assert.Equal(3L, configuration.Terraform.Variables["n"]);
        Assert.Equal("env:K", configuration.Secrets[0].Keys[0].From);
        Assert.Null(configuration.Preflight.EsoNamespace);
    }

    [Fact]
    public void The_repositorys_own_configuration_is_valid() =>
        Assert.Equal("jetscale", ConfigurationLoader.Load(Repository.At("mayfly.yaml")).Project);

    [Theory]
    [InlineData("an unknown key", "enviroment: {}", "5:1: 'enviroment' is no setting; did you mean 'environment'?")]
    [InlineData("an unknown key inside", "budget:\n  per_rules: 1", "6:3: 'budget.per_rules' is no setting; did you mean 'per_rule'?")]
    [InlineData("nothing near", "budget:\n  something: 1", "6:3: 'budget.something' is no setting; known here are run, per_rule, per_class, per_run")]
    [InlineData("a repeated key", "project: other", "5:1: 'project' is set twice; line 1 sets it too")]
    [InlineData("a text for a number", "budget: {per_run: many}", "5:19: 'budget.per_run' must be a whole number, not 'many'")]
    [InlineData("a number for a text", "aws: {account: 123456789012}", "5:16: 'aws.account' must be a text; put it in quotes: '123456789012', not the number")]
    [InlineData("a text for a list", "terraform: {layers: infra}", "5:21: 'terraform.layers' must be a list, not 'infra'")]
    [InlineData("a list for a map", "budget: [1]", "5:9: 'budget' must be a map of settings, not a list")]
    [InlineData("no value", "budget:\n  run:", "6:7: 'budget.run' has no value")]
    [InlineData("a bad duration", "budget: {run: 5 minutes}", "5:15: 'budget.run' must be a duration like 90s, 10m or 2h, not '5 minutes'")]
    [InlineData("a number as a duration", "budget: {run: 90}", "must be a duration like 90s, 10m or 2h, not the number 90")]
    [InlineData("a word that is no choice", "terraform: {lock_file: never}", "'terraform.lock_file' must be 'readonly' or 'ignore', not 'never'")]
    [InlineData("an unknown template name", "preflight: {registry_secret: '{releas}'}", "5:30: 'preflight.registry_secret': '{releas}' in '{releas}' is no variable; did you mean '{release}'?")]
    [InlineData("a lone brace", "terraform: {variables: {a: [b, '{']}}", "'terraform.variables.a[1]': '{' at character 1")]
    [InlineData("a missing Terraform root", "terraform: {layers: [{name: a, root: infra/none}]}", "5:32: the Terraform root 'infra/none' does not exist")]
    [InlineData("an empty Terraform root", "terraform: {layers: [{name: a, root: chart}]}", "the directory 'chart' holds no Terraform file")]
    [InlineData("two layers of one name", "terraform: {layers: [{name: a, root: infra}, {name: a, root: infra}]}", "two layers are called 'a'")]
    [InlineData("a bad expression", "verify: {commit_pattern: '(a'}", "is no regular expression")]
    [InlineData("an expression without a group", "verify: {commit_pattern: 'a'}", "needs a group in parentheses")]
    [InlineData("a bad source", "secrets: [{id: a, keys: [{name: K, from: vault:x}]}]", "'secrets[0].keys[0].from' must be env:NAME, file:PATH")]
    [InlineData("a missing key", "secrets: [{keys: []}]", "5:11: secrets[0]: 'id' is missing")]
    [InlineData("another version", "version: 2", "'version' must be from 1 to 1, not 2")]
    [InlineData("a second document", "---\nproject: b", "5:1: a second document")]
    [InlineData("a tab", "budget:\n\tper_run: 1", "6:1: a tab in the indentation; YAML wants spaces")]
    [InlineData("an open quote", "budget: {run: \"1m}", "a quote is opened and not closed")]
    [InlineData("an open bracket", "verify: {status: [200}", "a bracket or brace is not closed")]
    [InlineData("two colons", "aws: region: x", "a second ': ' in one line")]
    public void A_mistake_is_told_with_its_place(string mistake, string text, string message)
    {
        using var folder = ConfigurationSample.Folder();

        Assert.Null(ConfigurationLoader.Parse(Least + text + "\n", "mayfly.yaml", folder.Path, out var problems));

        Assert.True(problems.Any(problem => problem.ToString().Contains(message, StringComparison.Ordinal)), $"{mistake}: {string.Join('\n', problems)}");
        Assert.All(problems, problem => Assert.True(problem.Origin is { File: "mayfly.yaml", Line: > 0, Column: > 0 }));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        using var folder = new TestFolder();

        ConfigurationLoader.Parse("projekt: a\nstate: {}\nbudget: {run: x, per_run: y}\nhelm: {chart: none, values: [gone.yaml]}\n", "m", folder.Path, out var problems);

        Assert.Equal(
            ["'projekt' is no setting; did you mean 'project'?", "'project' is missing", "'state' needs a 'bucket', or a 'path' for one machine",
                "'budget.run' must be a duration like 90s, 10m or 2h, not 'x'", "'budget.per_run' must be a whole number, not 'y'",
                "the chart 'none' does not exist", "the file 'gone.yaml' does not exist"],
            problems.Select(problem => problem.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    public void An_empty_file_says_how_to_get_one(string text)
    {
        Assert.Null(ConfigurationLoader.Parse(text, "mayfly.yaml", "/", out var problems));
        Assert.Contains("mayfly init", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_as_input()
    {
        var refused = Assert.Throws<InvalidInputException>(() => ConfigurationLoader.Load("/nowhere/mayfly.yaml"));

        Assert.Equal("/nowhere/mayfly.yaml: does not exist; 'mayfly init' writes one, --config names another", refused.Problems[0]);
    }

    [Fact]
    public void Anchors_save_repetition()
    {
        using var folder = ConfigurationSample.Folder();

        var configuration = ConfigurationLoader.Parse(
            Least + "terraform: {layers: [&l {name: a, root: infra}, {<<: *l, name: b}]}\n", "mayfly.yaml", folder.Path, out var problems);

        Assert.Empty(problems);
        Assert.Equal("infra", configuration!.Terraform.Layers[1].Root);
    }
}
