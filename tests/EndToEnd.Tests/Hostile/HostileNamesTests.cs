using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Hostile;

/// <summary>Names with every character that means something to somebody, through the real terraform: keys, values, ids, addresses.</summary>
public sealed class HostileNamesTests : IDisposable
{
    private static readonly string[] Known =
    [
        "${path.module}", "%{ if true }x%{ endif }", "$${x}", "%%{x}", "a\"b", "a\\b", "a\nb", "a\r\nb", "a\tb", "$(touch pwned)", "`touch pwned`",
        "a'b", "{{ .Values }}", "]", "[\"x\"]", ".", "a: b", "# no", "&anchor", "*alias", "!!tag", "- x", "\u0001", "é🚀", "$", "%", "\\${x}", "$\\{x}", " ", "--help",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("mayfly-hostile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Whatever_a_name_holds_it_arrives_as_it_is_and_is_found_again()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var chance = new Random(seed);
        const string Alphabet = "ab\"\\$%{}()`'\n\t:#&*!|<>[]. -é";
        var random = Enumerable.Range(0, 60).Select(_ => new string([.. Enumerable.Range(0, chance.Next(1, 24)).Select(_ => Alphabet[chance.Next(Alphabet.Length)])]));
        string[] names = [.. Known.Concat(random).Distinct(StringComparer.Ordinal)];
        var (terraform, reporter) = await OpenAsync(new JsonObject { ["names"] = new JsonArray([.. names.Select(name => (JsonNode?)name)]) }, ct);

        var plan = Of(await terraform.PlanAsync([], destroy: false, reporter, ct));
        Assert.Equal(2 * names.Length, plan.Changes.Count);
        Assert.Null((await terraform.ApplyAsync(plan, reporter, ct)).Failure);

        // What was passed is what terraform saw, and its addresses are ours.
        var state = Of(await terraform.StatePullAsync(ct));
        Assert.Equal(names.Concat(names).Order(StringComparer.Ordinal), state.Managed.Select(one => one.Text("input") ?? Value(one)).Order(StringComparer.Ordinal));
        var listed = plan.Changes.Select(change => change.Address).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(listed, state.Managed.Select(one => one.Address).Order(StringComparer.Ordinal));

        // An address is an argument, and an import block is text: both lead back to the very thing.
        Of(await terraform.StateRemoveAsync(listed, ct));
        Assert.Empty(Of(await terraform.StatePullAsync(ct)).Managed);
        var ids = names.Concat(names).ToList();
        terraform.Root.WriteImports(ImportBlocks.Write(plan.Changes.Zip(ids, (change, name) => new Orphan(change.Address, name))));
        var imports = Of(await terraform.PlanAsync([], destroy: false, reporter, ct));
        Assert.Equal(
            plan.Changes.Zip(ids, (change, name) => (change.Address, (string?)name)).Order(),
            imports.Changes.Select(change => (change.Address, change.ImportId)).Order());
        Assert.Empty(Directory.EnumerateFiles(_folder, "pwned", SearchOption.AllDirectories));
    }

    private static string Value(StateInstance one) => one.Attributes.GetProperty("input").GetProperty("value").GetString()!;

    private async Task<(Terraform, StageReporter)> OpenAsync(JsonObject variables, CancellationToken ct)
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        File.WriteAllText(Path.Combine(source, "main.tf"), """
            variable "names" {
              type = set(string)
            }

            resource "terraform_data" "this" {
              for_each = var.names
              input    = each.value
            }

            module "inner" {
              source   = "./inner"
              for_each = var.names
              name     = each.key
            }
            """);
        Directory.CreateDirectory(Path.Combine(source, "inner"));
        File.WriteAllText(Path.Combine(source, "inner", "main.tf"), """
            variable "name" {
              type = string
            }

            resource "terraform_data" "this" {
              for_each = toset([var.name])
              input    = each.value
            }
            """);
        var environment = ToolEnvironment.OfThisProcess();
        var root = TerraformRoot.Mirror(
            new RootPlace("root", source, _folder, Path.Combine(_folder, "work"), UseLockFile: false),
            StateBackend.Local(Path.Combine(_folder, "terraform.tfstate")), variables, new Dictionary<string, string?>());
        var terraform = new Terraform(new ToolRunner(TimeProvider.System), "terraform", root, environment);
        var reporter = new StageReporter(
            new Engine.Run("r", new EnvironmentIdentity("pr-7", "b", "h", new PullRequest(7, "b", null)), new RunFeed(TimeProvider.System)), "test");
        Of(await terraform.InitAsync(RootFingerprint.Of(root, "terraform", environment), reporter, ct));
        return (terraform, reporter);
    }

    private static T Of<T>(Engine.Outcome<T> outcome)
    {
        Assert.True(outcome.Is(out var value, out var failure), JsonSerializer.Serialize(failure));
        return value!;
    }
}
