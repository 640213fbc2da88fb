using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>What the fact files say of the real providers' schemas.</summary>
public sealed class FactsTests
{
    [Theory]
    [InlineData("aws", 1581, 630)]
    [InlineData("kubernetes", 82, 26)]
    [InlineData("helm", 1, 1)]
    public void Every_type_has_a_schema_that_can_be_read(string provider, int resources, int dataSources)
    {
        var facts = ProviderFacts.Load(provider);

        Assert.Equal((resources, dataSources), (facts.Resources.Count(), facts.DataSources.Count()));
        Assert.All(facts.Resources, name => Assert.NotEmpty(facts.Resource(name)!.Type.Attributes));
        Assert.All(facts.DataSources, name => Assert.NotEmpty(facts.DataSource(name)!.Type.Attributes));
        Assert.NotEmpty(facts.Provider.Type.Attributes);
    }

    [Fact]
    public void A_cluster_has_the_arguments_of_the_real_one()
    {
        var block = ProviderFacts.Load("aws").Resource("aws_eks_cluster")!.Block;

        Assert.True(block.Attributes.Single(one => one.Name == "role_arn").Required);
        Assert.True(block.Attributes.Single(one => one.Name == "arn") is { Computed: true, Optional: false });
        Assert.Equal(new TfType.Set(TfType.String), TypeSchema.Of(block.Attributes.Single(one => one.Name == "enabled_cluster_log_types")));
        var vpc = block.BlockTypes.Single(one => one.TypeName == "vpc_config");
        Assert.Equal((1L, 1L), (vpc.MinItems, vpc.MaxItems));
    }

    [Fact]
    public void Every_implemented_type_has_a_schema()
    {
        foreach (var name in TerraformProviders.Providers.Names)
        {
            var (provider, facts) = (TerraformProviders.Providers.Create(name)!, ProviderFacts.Load(name));

            Assert.All(provider.Resources.Keys, type => Assert.NotNull(facts.Resource(type)));
            Assert.All(provider.DataSources.Keys, type => Assert.NotNull(facts.DataSource(type)));
        }
    }

    [Fact]
    public void The_rules_of_every_implemented_type_name_what_its_schema_has()
    {
        foreach (var name in TerraformProviders.Providers.Names)
        {
            var (provider, facts) = (TerraformProviders.Providers.Create(name)!, ProviderFacts.Load(name));
            foreach (var (type, create) in provider.Resources)
            {
                var (resource, schema) = (create(), facts.Resource(type)!);
                resource.Schema = schema;
                Assert.All(
                    resource.ForceNew.Concat(resource.Defaults.Keys).Concat(resource.UnknownOnUpdate),
                    path => Assert.True(Has(schema.Type, path), $"{type} has no {path}"));
            }
        }
    }

    private static bool Has(TfType type, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var shape = type switch
        {
            TfType.List { Element: TfType.Object element } => element,
            TfType.Set { Element: TfType.Object element } => element,
            _ => type as TfType.Object,
        };
        return shape is not null && (dot < 0
            ? shape.Attributes.ContainsKey(path)
            : shape.Attributes.TryGetValue(path[..dot], out var inner) && Has(inner, path[(dot + 1)..]));
    }
}
