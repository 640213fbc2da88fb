using System.Text;
using k8s.Models;
using Mayfly.LocalCloud.Operators.ExternalSecrets;

namespace Mayfly.LocalCloud.Tests.Operators;

public sealed class TargetSecretTests
{
    private static readonly Dictionary<string, byte[]> Data = new() { ["user"] = "jetscale"u8.ToArray(), ["password"] = "s3cret"u8.ToArray() };

    [Fact]
    public void The_secret_is_owned_by_its_wish_and_carries_its_labels()
    {
        var secret = TargetSecret.Build(Wish(), null, Data);

        Assert.Equal("pr-42-db-secret", secret.Metadata.Name);
        Assert.Equal("wish-uid", Assert.Single(secret.Metadata.OwnerReferences).Uid);
        Assert.Equal("db", secret.Metadata.Labels["part"]);
        Assert.Equal("jetscale", Encoding.UTF8.GetString(secret.Data["user"]));
        Assert.True(TargetSecret.IsIntact(secret));
    }

    [Fact]
    public void A_change_by_hand_is_seen()
    {
        var secret = TargetSecret.Build(Wish(), null, Data);
        secret.Data["user"] = "intruder"u8.ToArray();

        Assert.False(TargetSecret.IsIntact(secret));
    }

    [Fact]
    public void A_template_decides_keys_type_and_labels()
    {
        var template = new SecretTemplate
        {
            Type = "kubernetes.io/dockerconfigjson",
            Data = new() { ["url"] = "postgres://{{ .user }}:{{ .password | b64enc }}@db" },
            Metadata = new TemplateMetadata { Labels = new() { ["made"] = "by-template" } },
        };

        var secret = TargetSecret.Build(Wish(new ExternalSecretTarget { Template = template }), null, Data);

        Assert.Equal("kubernetes.io/dockerconfigjson", secret.Type);
        Assert.Equal("postgres://jetscale:czNjcmV0@db", Encoding.UTF8.GetString(Assert.Single(secret.Data).Value));
        Assert.Equal("by-template", secret.Metadata.Labels["made"]);
        Assert.DoesNotContain("part", secret.Metadata.Labels.Keys);
    }

    [Fact]
    public void A_template_that_names_a_missing_key_fails_with_the_key()
    {
        var template = new SecretTemplate { Data = new() { ["url"] = "{{ .host }}" } };

        var failure = Assert.Throws<StoreException>(() => TargetSecret.Build(Wish(new ExternalSecretTarget { Template = template }), null, Data));

        Assert.Contains("map has no entry for key \"host\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merging_keeps_what_others_put_into_the_secret()
    {
        var existing = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "shared", NamespaceProperty = "pr-42" },
            Data = new Dictionary<string, byte[]> { ["kept"] = [1], ["user"] = [2] },
        };

        var secret = TargetSecret.Build(Wish(new ExternalSecretTarget { CreationPolicy = "Merge", Name = "shared" }), existing, Data);

        Assert.Equal([1], secret.Data["kept"]);
        Assert.Equal("jetscale", Encoding.UTF8.GetString(secret.Data["user"]));
        Assert.Empty(secret.Metadata.OwnerReferences);
    }

    [Fact]
    public void A_secret_of_another_wish_is_not_taken()
    {
        var others = TargetSecret.Build(Wish(), null, Data);
        others.Metadata.OwnerReferences[0].Name = "another";

        Assert.Throws<StoreException>(() => TargetSecret.Build(Wish(), others, Data));
    }

    [Theory]
    [InlineData("Delete", "Orphan", "deletionPolicy=Delete must not be used")]
    [InlineData("Merge", "None", "There is no Secret to merge with")]
    public void The_webhook_refuses_policies_that_contradict_each_other(string deletion, string creation, string because)
    {
        var wish = Wish(new ExternalSecretTarget { DeletionPolicy = deletion, CreationPolicy = creation });
        wish.Spec.Data = [new ExternalSecretData { SecretKey = "a" }];

        Assert.Contains(because, Assert.Single(Validators.Problems(wish)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_webhook_refuses_a_wish_for_nothing_and_a_key_asked_for_twice()
    {
        var twice = Wish();
        twice.Spec.Data = [new ExternalSecretData { SecretKey = "a" }, new ExternalSecretData { SecretKey = "a" }];

        Assert.Equal(["either data or dataFrom should be specified"], Validators.Problems(Wish()));
        Assert.Equal(["duplicate secretKey found: a"], Validators.Problems(twice));
    }

    private static ExternalSecret Wish(ExternalSecretTarget? target = null) => new()
    {
        ApiVersion = "external-secrets.io/v1",
        Kind = "ExternalSecret",
        Metadata = new V1ObjectMeta
        {
            Name = "pr-42-db-secret",
            NamespaceProperty = "pr-42",
            Uid = "wish-uid",
            Labels = new Dictionary<string, string> { ["part"] = "db" },
        },
        Spec = new ExternalSecretSpec { Target = target },
    };
}
