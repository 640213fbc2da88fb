using System.Text.Json;
using Mayfly.TerraformProviders.Planning;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Protocol;

/// <content>The calls about resources.</content>
internal sealed partial class ProviderService
{
    private async Task<ValidateResponse> ValidateResourceAsync(ValidateRequest request)
    {
        var (schema, resource) = await FindAsync(request.TypeName);
        var response = new ValidateResponse();
        if (Wire.Read(schema, request.Config) is { } config)
        {
            var problems = ConfigValidator.Validate(schema.Block, config).Concat(resource?.Validate(config) ?? []);
            response.Diagnostics.AddRange(problems.Select(Wire.Write));
        }

        return response;
    }

    private async Task<UpgradeResponse> UpgradeAsync(UpgradeRequest request)
    {
        var (schema, _) = await FindAsync(request.TypeName);
        using var document = JsonDocument.Parse(request.RawState.Json.Memory);
        return new() { UpgradedState = Wire.Write(schema, TfJson.Read(schema.Type, document.RootElement)) };
    }

    private async Task<ReadResponse> ReadAsync(ReadRequest request)
    {
        var (schema, resource) = await FindAsync(request.TypeName);
        var response = new ReadResponse { NewState = request.CurrentState, Private = request.Private };
        if (Wire.Read(schema, request.CurrentState) is not { } current)
        {
            return response;
        }

        var problem = NotConfigured("reading", request.TypeName)
            ?? (resource is null ? provider.CannotRead(request.TypeName).Diagnostic : null);
        if (problem is null)
        {
            var read = await Applier.ReadAsync(resource!, schema, current, stopping.Token);
            response.NewState = Wire.Write(schema, read.State);
            problem = read.Problem;
        }

        if (problem is not null)
        {
            response.Diagnostics.Add(Wire.Write(problem));
        }

        return response;
    }

    private async Task<PlanResponse> PlanAsync(PlanRequest request)
    {
        var (schema, resource) = await FindAsync(request.TypeName);
        var response = new PlanResponse { PlannedPrivate = request.PriorPrivate, LegacyTypeSystem = true };
        if (Wire.Read(schema, request.ProposedNewState) is not { } proposed)
        {
            response.PlannedState = request.ProposedNewState;
            return response;
        }

        var problem = await Problems.CatchAsync(
            $"planning {request.TypeName}",
            async () =>
            {
                var prior = Wire.Read(schema, request.PriorState);
                var config = Wire.Read(schema, request.Config) ?? new TfObject();
                var planned = await Planner.PlanAsync(provider, resource, schema, prior, proposed, config, stopping.Token);
                response.PlannedState = Wire.Write(schema, planned.State);
                response.RequiresReplace.AddRange(planned.Replacements.Select(path => Wire.ReplacementPath(schema, path)));
            },
            stopping.Token);
        if (problem is not null)
        {
            response.Diagnostics.Add(Wire.Write(problem));
        }

        return response;
    }

    private async Task<ApplyResponse> ApplyAsync(ApplyRequest request)
    {
        var (schema, resource) = await FindAsync(request.TypeName);
        var prior = Wire.Read(schema, request.PriorState);
        var problem = NotConfigured("applying", request.TypeName)
            ?? (resource is null ? provider.CannotCreate(request.TypeName).Diagnostic : null);
        var applied = problem is null
            ? await ApplyAsync(resource!, schema, prior, Wire.Read(schema, request.PlannedState), Wire.Read(schema, request.Config))
            : new Applied(prior, problem);

        var response = new ApplyResponse
        {
            NewState = Wire.Write(schema, applied.State),
            Private = request.PlannedPrivate,
            LegacyTypeSystem = true,
        };
        if (applied.Problem is not null)
        {
            response.Diagnostics.Add(Wire.Write(applied.Problem));
        }

        return response;
    }

    private Task<Applied> ApplyAsync(Resource resource, TypeSchema schema, TfObject? prior, TfObject? planned, TfObject? config) =>
        (prior, planned) switch
        {
            (null, null) => Task.FromResult(new Applied(null)),
            (null, _) => Applier.CreateAsync(resource, schema, planned, config ?? new TfObject(), stopping.Token),
            (_, null) => Applier.DeleteAsync(resource, prior, stopping.Token),
            _ => Applier.UpdateAsync(resource, schema, prior, planned, config ?? new TfObject(), stopping.Token),
        };

    private async Task<ImportResponse> ImportAsync(ImportRequest request)
    {
        var (schema, resource) = await FindAsync(request.TypeName);
        var response = new ImportResponse();
        TfObject? state = null;
        var problem = NotConfigured("importing", request.TypeName)
            ?? (resource is null ? provider.CannotRead(request.TypeName).Diagnostic : null)
            ?? await Problems.CatchAsync(
                $"importing {request.TypeName} ({request.Id})", async () => state = await resource!.ImportAsync(request.Id, stopping.Token), stopping.Token);
        if (problem is not null)
        {
            response.Diagnostics.Add(Wire.Write(problem));
        }
        else
        {
            // Terraform itself reads the resource next, and says so when it does not exist.
            response.ImportedResources.Add(new ImportedResource
            {
                TypeName = request.TypeName,
                State = Wire.Write(schema, TfCoercion.To(schema.Type, state!)),
            });
        }

        return response;
    }

    // A move between the old and new name of the same thing (kubernetes_namespace and kubernetes_namespace_v1) or from
    // another type is refused, as the real providers do for all but a few types.
    private static Task<MoveResponse> MoveAsync(MoveRequest request)
    {
        var response = new MoveResponse();
        response.Diagnostics.Add(Wire.Write(new Diagnostic(
            "Move Resource State Not Supported",
            $"The \"{request.TargetTypeName}\" resource type does not support moving resource state across resource types.")));
        return Task.FromResult(response);
    }

    private async Task<(TypeSchema Schema, Resource? Resource)> FindAsync(string type)
    {
        var schema = (await facts).Resource(type) ?? throw NoSuchType(type);
        var resource = provider.Resources.GetValueOrDefault(type)?.Invoke();
        resource?.Schema = schema;
        return (schema, resource);
    }
}
