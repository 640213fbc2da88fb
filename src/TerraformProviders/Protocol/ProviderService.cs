using Google.Protobuf;
using Mayfly.TerraformProviders.Planning;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;
using Microsoft.AspNetCore.Http;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>Answers the calls of Terraform's provider service: schemas, configuration, data sources, and what there is none of.</summary>
internal sealed partial class ProviderService(Provider provider)
{
    private const string Prefix = "/tfplugin6.Provider/";

    private static readonly ServerCapabilities Capabilities = new() { GetProviderSchemaOptional = true };

    private readonly CancellationTokenSource stopping = new();

    // The facts are needed by almost every call, and unpacked while Terraform is still connecting.
    private readonly Task<ProviderFacts> facts = Task.Run(() => ProviderFacts.Load(provider.Name));

    private bool configured;

    /// <summary>Cancels what is under way.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>Answers one call.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        switch (path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : "")
        {
            case "GetProviderSchema": return SchemasAsync(http);
            case "GetMetadata": return CallAsync(http, Empty.Parser, _ => MetadataAsync());
            case "ValidateProviderConfig": return CallAsync(http, ValidateProviderRequest.Parser, _ => Task.FromResult(new ValidateProviderResponse()));
            case "ConfigureProvider": return CallAsync(http, ConfigureRequest.Parser, ConfigureAsync);
            case "ValidateResourceConfig": return CallAsync(http, ValidateRequest.Parser, ValidateResourceAsync);
            case "ValidateDataResourceConfig": return CallAsync(http, ValidateRequest.Parser, ValidateDataAsync);
            case "UpgradeResourceState": return CallAsync(http, UpgradeRequest.Parser, UpgradeAsync);
            case "ReadResource": return CallAsync(http, ReadRequest.Parser, ReadAsync);
            case "PlanResourceChange": return CallAsync(http, PlanRequest.Parser, PlanAsync);
            case "ApplyResourceChange": return CallAsync(http, ApplyRequest.Parser, ApplyAsync);
            case "ImportResourceState": return CallAsync(http, ImportRequest.Parser, ImportAsync);
            case "MoveResourceState": return CallAsync(http, MoveRequest.Parser, MoveAsync);
            case "ReadDataSource": return CallAsync(http, ReadDataRequest.Parser, ReadDataAsync);
            case "GetFunctions": return CallAsync(http, Empty.Parser, _ => Task.FromResult(new DiagnosticsOnly()));
            case "CallFunction": return CallAsync(http, CallFunctionRequest.Parser, CallFunctionAsync);
            case "StopProvider": return CallAsync(http, Empty.Parser, StopAsync);
            case "ValidateEphemeralResourceConfig" or "OpenEphemeralResource" or "RenewEphemeralResource" or "CloseEphemeralResource":
                return CallAsync(http, ValidateRequest.Parser, NoEphemeralAsync);
            default:
                GrpcMessage.Begin(http);
                GrpcMessage.End(http, GrpcMessage.Status.Unimplemented, $"unknown method {path}");
                return Task.CompletedTask;
        }
    }

    private static async Task CallAsync<TRequest, TResponse>(
        HttpContext http, MessageParser<TRequest> parser, Func<TRequest, Task<TResponse>> answer)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage
    {
        var request = await GrpcMessage.ReadAsync(http, parser);
        TResponse response;
        try
        {
            response = await answer(request);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(fault.ToString());
            GrpcMessage.Begin(http);
            GrpcMessage.End(http, GrpcMessage.Status.Internal, $"{http.Request.Path}: {fault.GetType().Name}: {fault.Message}");
            return;
        }

        await GrpcMessage.WriteAsync(http, response);
    }

    private async Task SchemasAsync(HttpContext http)
    {
        await GrpcMessage.ReadAsync(http, Empty.Parser);
        var capabilities = new SchemaResponse { ServerCapabilities = Capabilities }.ToByteArray();
        await GrpcMessage.WriteAsync(http, [(await facts).Response, capabilities]);
    }

    private async Task<MetadataResponse> MetadataAsync()
    {
        var known = await facts;
        var response = new MetadataResponse { ServerCapabilities = Capabilities };
        response.Resources.AddRange(known.Resources.Select(name => new TypeMetadata { TypeName = name }));
        response.DataSources.AddRange(known.DataSources.Select(name => new TypeMetadata { TypeName = name }));
        return response;
    }

    private async Task<ConfigureResponse> ConfigureAsync(ConfigureRequest request)
    {
        var config = Wire.Read((await facts).Provider, request.Config) ?? new TfObject();
        var response = new ConfigureResponse();
        var problem = await Problems.CatchAsync(
            $"configuring the provider {provider.Name}", () => provider.ConfigureAsync(config, stopping.Token), stopping.Token);
        if (problem is not null)
        {
            response.Diagnostics.Add(Wire.Write(problem));
        }

        configured = problem is null;
        return response;
    }

    private async Task<ValidateResponse> ValidateDataAsync(ValidateRequest request)
    {
        var schema = (await facts).DataSource(request.TypeName) ?? throw NoSuchType(request.TypeName);
        var response = new ValidateResponse();
        if (Wire.Read(schema, request.Config) is { } config)
        {
            response.Diagnostics.AddRange(ConfigValidator.Validate(schema.Block, config).Select(Wire.Write));
        }

        return response;
    }

    private async Task<ReadDataResponse> ReadDataAsync(ReadDataRequest request)
    {
        var response = new ReadDataResponse();
        var schema = (await facts).DataSource(request.TypeName) ?? throw NoSuchType(request.TypeName);
        var state = Wire.Read(schema, request.Config) ?? new TfObject();
        if (NotConfigured("reading", request.TypeName) is { } notConfigured)
        {
            response.Diagnostics.Add(Wire.Write(notConfigured));
        }
        else if (provider.DataSources.GetValueOrDefault(request.TypeName)?.Invoke() is not { } source)
        {
            response.Diagnostics.Add(Wire.Write(provider.CannotRead(request.TypeName).Diagnostic));
        }
        else if (await Problems.CatchAsync($"reading {request.TypeName}", () => ReadDataAsync(source, schema, state), stopping.Token) is { } problem)
        {
            response.Diagnostics.Add(Wire.Write(problem));
        }
        else
        {
            response.State = Wire.Write(schema, TfCoercion.To(schema.Type, state));
        }

        return response;
    }

    private Task ReadDataAsync(DataSource source, TypeSchema schema, TfObject state)
    {
        source.Schema = schema;
        return source.ReadAsync(state, stopping.Token);
    }

    private Task<StopResponse> StopAsync(Empty request)
    {
        Stop();
        return Task.FromResult(new StopResponse());
    }

    private Task<CallFunctionResponse> CallFunctionAsync(CallFunctionRequest request) => Task.FromResult(new CallFunctionResponse
    {
        Error = new() { Text = $"The provider hashicorp/{provider.Name} has no function {request.Name} here." },
    });

    private Task<DiagnosticsOnly> NoEphemeralAsync(ValidateRequest request)
    {
        var response = new DiagnosticsOnly();
        response.Diagnostics.Add(Wire.Write(new Diagnostic($"The provider hashicorp/{provider.Name} has no ephemeral resource {request.TypeName} here.")));
        return Task.FromResult(response);
    }

    private Diagnostic? NotConfigured(string doing, string type) => configured ? null : new(
        $"{doing} {type}: the provider hashicorp/{provider.Name} is not configured",
        "Terraform has to configure a provider before it uses it, and the configuration has not been given or was refused.");

    private static InvalidOperationException NoSuchType(string type) => new($"the provider has no type {type}");
}
