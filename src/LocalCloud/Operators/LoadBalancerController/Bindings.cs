using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>The TargetGroupBindings of groups: by them the pods get into the target groups.</summary>
internal sealed class Bindings(ClusterApi api, Informer<TargetGroupBinding> bindings)
{
    private const string StackLabel = "ingress.k8s.aws/stack";
    private const string StackNamespaceLabel = "ingress.k8s.aws/stack-namespace";
    private const string StackNameLabel = "ingress.k8s.aws/stack-name";

    /// <summary>Makes the bindings of a model.</summary>
    public async Task ApplyAsync(LoadBalancerModel model, IReadOnlyDictionary<string, string> groupArns, CancellationToken ct)
    {
        foreach (var target in model.TargetGroups.Values)
        {
            var spec = new TargetGroupBindingSpec
            {
                TargetGroupARN = groupArns[target.Name],
                TargetType = "ip",
                ServiceRef = new BoundService { Name = target.Service, Port = target.Port },
            };
            var there = bindings.Store.Find($"{target.Namespace}/{target.Name}");
            if (there is null)
            {
                bindings.Store.Observe(await api.CreateAsync(
                    new TargetGroupBinding
                    {
                        Metadata = new V1ObjectMeta { Name = target.Name, NamespaceProperty = target.Namespace, Labels = Labels(model.Group) },
                        Spec = spec,
                    },
                    ct));
            }
            else if (there.Spec.TargetGroupARN != spec.TargetGroupARN && there.Metadata.DeletionTimestamp is null)
            {
                // The ARN of a binding cannot change: a target group that was deleted by hand has a new one.
                await api.DeleteAsync(ResourcePath.Of<TargetGroupBinding>(), there.Metadata, ct);
            }
        }
    }

    /// <summary>Deletes the bindings of a group, but for some.</summary>
    public async Task DeleteAsync(GroupId group, IEnumerable<string> kept, CancellationToken ct)
    {
        foreach (var binding in Of(group).Where(binding => !kept.Contains(binding.Metadata.Name) && binding.Metadata.DeletionTimestamp is null))
        {
            await api.DeleteAsync(ResourcePath.Of<TargetGroupBinding>(), binding.Metadata, ct);
        }
    }

    /// <summary>Whether the bindings of a group, but for some, are gone; their finalizer holds them until their targets are out.</summary>
    public bool AreGone(GroupId group, IEnumerable<string> kept) => Of(group).All(binding => kept.Contains(binding.Metadata.Name));

    /// <summary>The group of a binding.</summary>
    public static string? GroupOf(TargetGroupBinding binding)
    {
        var labels = binding.Metadata.Labels;
        return labels is null ? null
            : labels.TryGetValue(StackLabel, out var name) ? name
            : labels.TryGetValue(StackNamespaceLabel, out var @namespace) && labels.TryGetValue(StackNameLabel, out var lone) ? $"{@namespace}/{lone}"
            : null;
    }

    private List<TargetGroupBinding> Of(GroupId group) => bindings.Store.List().FindAll(binding => GroupOf(binding) == group.ToString());

    private static Dictionary<string, string> Labels(GroupId group) => group.IsExplicit
        ? new() { [StackLabel] = group.Name }
        : new() { [StackNamespaceLabel] = group.Namespace, [StackNameLabel] = group.Name };
}
