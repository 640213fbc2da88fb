using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Aws.Ec2;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>Rules of the stand-in for hashicorp/aws that need no cloud. Ids and texts were read off the real provider.</summary>
public sealed class RulesTests
{
    private static readonly AwsCloud Nowhere = new(new AwsCloudOptions { Session = new() { Region = "us-east-1" } });

    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 5].Select(text => (JsonNode?)JsonValue.Create(text)), Gen.Int[0, 9].Select(number => (JsonNode?)JsonValue.Create(number)));

    [Theory]
    [InlineData("EKS", "CreateCluster", 409, "ResourceInUseException", "Cluster already exists with name: pr-42",
        "creating: operation error EKS: CreateCluster, https response error StatusCode: 409, RequestID: r-1, ResourceInUseException: Cluster already exists with name: pr-42")]
    [InlineData("EC2", "DeleteVpc", 400, "DependencyViolation", "The vpc has dependencies",
        "creating: operation error EC2: DeleteVpc, https response error StatusCode: 400, RequestID: r-1, api error DependencyViolation: The vpc has dependencies")]
    [InlineData("IAM", "GetRole", 403, "AccessDenied", "no",
        "creating: operation error IAM: GetRole, https response error StatusCode: 403, RequestID: r-1, api error AccessDenied: no")]
    [InlineData("EKS", "CreateAddon", 404, "NotFound", "a page", "creating: the endpoint cannot do CreateAddon of EKS")]
    public void An_error_of_AWS_reads_as_the_real_provider_writes_it(string service, string operation, int status, string code, string message, string expected)
    {
        var error = new AwsException(code, message) { Service = service, Operation = operation, Status = (HttpStatusCode)status, RequestId = "r-1" };

        Assert.Equal(expected, AwsErrors.While("creating", error).Message);
    }

    [Theory]
    [InlineData("EKS", 404, "ResourceNotFoundException", true)]
    [InlineData("EC2", 400, "InvalidVpcID.NotFound", true)]
    [InlineData("IAM", 404, "NoSuchEntity", true)]
    [InlineData("RDS", 404, "DBInstanceNotFound", true)]
    [InlineData("S3", 404, "NotFound", true)]
    [InlineData("EKS", 404, "NotFound", false)]
    [InlineData("EC2", 403, "UnauthorizedOperation", false)]
    [InlineData("EC2", 503, "Unavailable", false)]
    public void Only_a_direct_not_found_means_that_a_thing_is_gone(string service, int status, string code, bool gone) =>
        Assert.Equal(gone, new AwsException(code, "") { Service = service, Operation = "X", Status = (HttpStatusCode)status }.IsGone());

    [Fact]
    public async Task Ids_that_the_provider_makes_are_those_of_the_real_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var rule = await new SecurityGroupRule(Nowhere).ImportAsync("sg-729b9477fd65ca82d_ingress_tcp_80_80_sg-3c57b55df90aa72b9", ct);
        var route = await new Route(Nowhere).ImportAsync("rtb-2ef53546bec83a412_0.0.0.0/0", ct);

        Assert.Equal("sgrule-536101900", rule.String("id"));
        Assert.Equal("r-rtb-2ef53546bec83a4121080289494", route.String("id"));
        Assert.Equal("pr-42-node", Ids.PrefixOf("pr-42-node20261124180912508400000001"));
        Assert.Null(Ids.PrefixOf("pr-42-node"));
        Assert.Equal("pre-", Ids.PrefixOf(Ids.Unique("pre-")));
    }

    [Theory]
    [InlineData("aws_route", "rtb-1")]
    [InlineData("aws_route_table_association", "subnet-1")]
    [InlineData("aws_security_group_rule", "sg-1_ingress")]
    [InlineData("aws_iam_role_policy_attachment", "role")]
    [InlineData("aws_eks_pod_identity_association", "cluster")]
    [InlineData("aws_route53_record", "Z1")]
    [InlineData("aws_s3_object", "bucket")]
    public async Task An_import_id_of_another_form_is_refused(string type, string id) =>
        await Assert.ThrowsAsync<ProviderException>(() => Types.Resources(() => Nowhere)[type]().ImportAsync(id, TestContext.Current.CancellationToken));

    [Fact]
    public void Every_rule_about_an_argument_names_one_that_the_schema_has()
    {
        var facts = ProviderFacts.Load("aws");
        foreach (var (type, make) in Types.Resources(() => Nowhere))
        {
            var resource = make();
            var schema = facts.Resource(type);
            Assert.NotNull(schema);
            Assert.Equal(type, resource.Type);
            foreach (var path in resource.ForceNew.Concat(resource.Defaults.Keys).Concat(resource.UnknownOnUpdate))
            {
                Assert.True(Has(schema.Type, path), $"{type} has no {path}");
            }
        }

        Assert.All(Types.DataSources(() => Nowhere), entry => Assert.NotNull(facts.DataSource(entry.Key)));
    }

    [Fact]
    public void Documentation_lists_every_type()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Mayfly.slnx")))
        {
            folder = folder.Parent;
        }

        var rows = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "local-cloud-aws-provider.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|')).ToList();
        Assert.Equal(Types.Resources(() => Nowhere).Keys.Order(StringComparer.Ordinal), Names(rows, 2));
        Assert.Equal(Types.DataSources(() => Nowhere).Keys.Order(StringComparer.Ordinal), Names(rows, 3));

        static IEnumerable<string> Names(List<string[]> rows, int column) =>
            rows.SelectMany(row => row[column].Split('`')).Where(text => text.StartsWith("aws_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_policy_means_the_same_in_whatever_order_it_is_written() => Gen.Select(
            Gen.Dictionary(Gen.String[Gen.Char['a', 'e'], 1, 2], Scalars.Array[1, 4])[1, 4], Gen.Int[0, 1000])
        .Sample((members, seed) =>
        {
            var random = new Random(seed);
            var one = new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)new JsonArray([.. member.Value.Select(each => each?.DeepClone())]))));
            var other = new JsonObject(members.OrderBy(_ => random.Next()).Select(member => KeyValuePair.Create(member.Key, member.Value is [var single]
                ? single?.DeepClone()
                : new JsonArray([.. member.Value.OrderBy(_ => random.Next()).Select(each => each?.DeepClone())]))));
            return JsonDocument.AreSame(one.ToJsonString(), other.ToJsonString());
        });

    [Theory]
    [InlineData("""{"Action":"a"}""", """{"Action":"b"}""")]
    [InlineData("""{"Action":["a","b"]}""", """{"Action":["a"]}""")]
    [InlineData("""{"Effect":"Allow"}""", """{"Effect":"Deny"}""")]
    public void Policies_that_say_something_else_are_told_apart(string one, string other) => Assert.False(JsonDocument.AreSame(one, other));

    [Fact]
    public void Inline_rules_keep_the_cut_that_they_are_configured_with()
    {
        var rule = new TfObject
        {
            ["protocol"] = "tcp",
            ["from_port"] = 80,
            ["to_port"] = 80,
            ["cidr_blocks"] = TfValue.Strings(["10.0.0.0/8"]),
            ["self"] = true,
        };
        var extra = new Permission("tcp", 22, 22, "cidr_blocks", "0.0.0.0/0", "");

        var blocks = new TfObject { ["x"] = Permission.ToBlocks([extra, .. Permission.OfBlock(rule, "sg-1")], [rule], "sg-1") }.Blocks("x");

        Assert.Same(rule, blocks[0]);
        Assert.Equal([extra], Permission.OfBlock(blocks[1], "sg-1"));
        Assert.Equal(2, blocks.Count);
    }

    private static bool Has(TfType type, string path)
    {
        var (name, rest) = path.IndexOf('.') is >= 0 and var dot ? (path[..dot], path[(dot + 1)..]) : (path, "");
        var shape = type switch { TfType.List list => list.Element, TfType.Set set => set.Element, _ => type } as TfType.Object;
        return shape is not null && shape.Attributes.TryGetValue(name, out var inner) && (rest.Length == 0 || Has(inner, rest));
    }
}
