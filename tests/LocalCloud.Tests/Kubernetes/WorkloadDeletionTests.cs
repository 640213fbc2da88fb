using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>Owners, finalizers and namespaces that end.</summary>
public sealed class WorkloadDeletionTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    private static readonly ResourcePath Maps = ResourcePath.Of<V1ConfigMap>();

    [Fact(Timeout = 90_000)]
    public async Task What_is_owned_goes_after_its_owner_in_the_background()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var owner = await MapAsync(space, "owner", null);
        var child = await MapAsync(space, "child", owner);
        await MapAsync(space, "grandchild", child);

        await cluster.Api.DeleteAsync(Maps, owner.Metadata, ct, "Background");

        Assert.Null(await cluster.Api.FindAsync<V1ConfigMap>(space, "owner", ct));
        await cluster.UntilAllAsync<V1ConfigMap>(space, all => all.Count == 1, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task In_the_foreground_the_owner_stays_until_what_it_owns_is_gone()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var owner = await MapAsync(space, "owner", null);
        var child = await MapAsync(space, "child", owner, "example.com/held");

        await cluster.Api.DeleteAsync(Maps, owner.Metadata, ct, "Foreground");
        await cluster.UntilAsync<V1ConfigMap>(space, "child", item => item?.Metadata.DeletionTimestamp is not null, ct);
        Assert.Contains("foregroundDeletion", (await cluster.Api.FindAsync<V1ConfigMap>(space, "owner", ct))!.Metadata.Finalizers);

        await cluster.Api.PatchAsync<V1ConfigMap>(child.Metadata, new { metadata = new { finalizers = Array.Empty<string>() } }, PatchKind.Merge, ct);
        await cluster.UntilAllAsync<V1ConfigMap>(space, all => all.Count == 1, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task An_orphan_stays_without_its_owner()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var owner = await MapAsync(space, "owner", null);
        await MapAsync(space, "child", owner);

        await cluster.Api.DeleteAsync(Maps, owner.Metadata, ct, "Orphan");

        await cluster.UntilAsync<V1ConfigMap>(space, "owner", item => item is null, ct);
        await cluster.UntilAsync<V1ConfigMap>(space, "child", item => item is { Metadata: { DeletionTimestamp: null, OwnerReferences: null or { Count: 0 } } }, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task What_another_owner_still_holds_only_loses_the_reference()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var first = await MapAsync(space, "first", null);
        var second = await MapAsync(space, "second", null);
        await MapAsync(space, "child", first, alsoOwnedBy: second);

        await cluster.Api.DeleteAsync(Maps, first.Metadata, ct, "Background");

        var child = await cluster.UntilAsync<V1ConfigMap>(space, "child", item => item?.Metadata.OwnerReferences?.Count == 1, ct);
        Assert.Equal("second", child.Metadata.OwnerReferences[0].Name);
    }

    [Fact(Timeout = 90_000)]
    public async Task What_names_an_owner_that_never_was_is_collected()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var ghost = new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = new V1ObjectMeta { Name = "ghost", Uid = Guid.NewGuid().ToString() } };

        await MapAsync(space, "child", ghost);

        await cluster.UntilAsync<V1ConfigMap>(space, "child", item => item is null, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_namespace_is_emptied_says_what_holds_it_and_goes()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web }
            spec:
              selector: { matchLabels: { app: web } }
              template:
                metadata: { labels: { app: web } }
                spec: { containers: [{ name: web, image: "jetscale/web:1" }] }
            """, ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 1, ct);
        var held = await MapAsync(space, "held", null, "example.com/held");
        var item = await cluster.Api.FindAsync<V1Namespace>(null, space, ct);

        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Namespace>(), item!.Metadata, ct);

        var stuck = await cluster.UntilAsync<V1Namespace>(
            null, space, now => Condition(now, "NamespaceContentRemaining")?.Message == "Some resources are remaining: configmaps. has 1 resource instances", ct);
        Assert.Equal("Terminating", stuck.Status.Phase);
        Assert.Equal(
            "Some content in the namespace has finalizers remaining: example.com/held in 1 resource instances",
            Condition(stuck, "NamespaceFinalizersRemaining")?.Message);
        Assert.Empty(cluster.Known<V1Pod>(space));

        await cluster.Api.PatchAsync<V1ConfigMap>(held.Metadata, new { metadata = new { finalizers = Array.Empty<string>() } }, PatchKind.Merge, ct);
        await cluster.UntilAsync<V1Namespace>(null, space, now => now is null, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_custom_resource_is_collected_too_once_its_definition_is_known()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync("", """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: widgets.example.com }
            spec:
              group: example.com
              scope: Namespaced
              names: { plural: widgets, singular: widget, kind: Widget }
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
            """, ct);
        await cluster.UntilAsync<V1CustomResourceDefinition>(
            null, "widgets.example.com", item => item?.Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true, ct);
        var owner = await MapAsync(space, "owner", null);
        var widgets = new ResourcePath("example.com/v1", "Widget", "widgets");
        var widget = new MetadataOnly
        {
            ApiVersion = "example.com/v1",
            Kind = "Widget",
            Metadata = new V1ObjectMeta { Name = "w", NamespaceProperty = space, OwnerReferences = [Facts.Reference(owner)] },
        };
        await cluster.Api.SendAsync<MetadataOnly>(HttpMethod.Post, widgets.Path(space), widget, "application/json", ct);

        await cluster.Api.DeleteAsync(Maps, owner.Metadata, ct, "Background");

        await cluster.UntilMetadataAsync(widgets, all => all.Count == 0, ct);
    }

    private static V1NamespaceCondition? Condition(V1Namespace? item, string type) =>
        item?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    private Task<V1ConfigMap> MapAsync(string space, string name, V1ConfigMap? owner, string? finalizer = null, V1ConfigMap? alsoOwnedBy = null) =>
        cluster.Api.CreateAsync(
            new V1ConfigMap
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    NamespaceProperty = space,
                    Finalizers = finalizer is null ? null : [finalizer],
                    OwnerReferences = owner is null
                        ? null
                        : [Facts.Reference(owner), .. alsoOwnedBy is null ? Array.Empty<V1OwnerReference>() : [Facts.Reference(alsoOwnedBy) with { Controller = null }]],
                },
            },
            TestContext.Current.CancellationToken);
}
