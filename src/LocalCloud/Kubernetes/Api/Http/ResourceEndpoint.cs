using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Answers requests for resources: finds the type and leads each verb to the one who does it.</summary>
internal sealed class ResourceEndpoint(ClusterState state)
{
    private readonly ObjectReader _reader = new(state);
    private readonly ObjectWatcher _watcher = new(state);
    private readonly ObjectDeleter _deleter = new(state);
    private readonly PatchRequests _patches = new(state);
    private readonly Subresources _subresources = new(state);
    private readonly Reviews _reviews = new(state);

    public async Task HandleAsync(ApiRequest request)
    {
        var http = request.Http;
        if (state.Catalog.Find(request.Group, request.Version, request.Plural) is not { } type)
        {
            await Answers.NotFoundAsync(http);
            return;
        }

        // A namespace's own path names it as its namespace too; the object itself lies nowhere.
        request = type.Namespaced ? request : request with { Namespace = "" };
        if (type.Namespaced && request.Namespace.Length == 0
            && request.Verb is not ("list" or "watch" or "deletecollection"))
        {
            throw ApiErrors.MethodNotAllowed(type.Group, type.Plural);
        }

        if (request.Subresource.Length > 0
            && !(request.Subresource == "status" && type.HasStatus && request.Verb is "get" or "update" or "patch"))
        {
            await _subresources.HandleAsync(request, type);
            return;
        }

        if (!type.Verbs.Contains(request.Verb))
        {
            throw ApiErrors.MethodNotAllowed(type.Group, type.Plural);
        }

        switch (request.Verb)
        {
            case "create" when type.Verbs.Count == 1:
                await _reviews.AnswerAsync(request, type);
                break;
            case "get":
                await _reader.GetAsync(request, type);
                break;
            case "list":
                await _reader.ListAsync(request, type);
                break;
            case "watch":
                await _watcher.WatchAsync(request, type);
                break;
            case "create":
                await CreateAsync(request, type);
                break;
            case "update":
                await UpdateAsync(request, type);
                break;
            case "patch":
                await _patches.HandleAsync(request, type);
                break;
            case "delete":
                await DeleteAsync(request, type);
                break;
            case "deletecollection":
                await DeleteCollectionAsync(request, type);
                break;
        }
    }

    /// <summary>The circumstances of a write, from the request's query and headers.</summary>
    public static WriteRequest ToWrite(ApiRequest request, ResourceType type)
    {
        if (request.Query("dryRun") is { } dryRun && dryRun is not ("All" or ""))
        {
            throw new ApiException(ApiErrors.Status(
                422, "Invalid", $"CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"{dryRun}\"]: supported values: \"All\"", []));
        }

        var manager = FieldOwnership.ManagerName(request.Query("fieldManager"),
            request.Http.Request.Headers.UserAgent.ToString());
        return new WriteRequest(type, request.Namespace, request.Name, request.Subresource, request.User,
            manager)
        { DryRun = request.Query("dryRun") == "All" };
    }

    /// <summary>Answers with an object that was written, and tells the log whether the store has changed.</summary>
    public async Task AnswerAsync(ApiRequest request, WriteRequest write, JsonObject value, int status)
    {
        Finish(request.Http, write);
        await Answers.WriteAsync(request.Http,
            Tables.Negotiate(request, write.Type, value, state.Options.Clock.GetUtcNow()) ?? value, status);
    }

    public static void Finish(HttpContext http, WriteRequest write)
    {
        http.Features.Get<RequestOutcome>()!.Wrote |= write.Wrote;
        Answers.Warn(http, write.Warnings);
    }

    private async Task CreateAsync(ApiRequest request, ResourceType type)
    {
        if (request.Name.Length > 0)
        {
            throw ApiErrors.MethodNotAllowed(type.Group, type.Plural);
        }

        var write = ToWrite(request, type);
        var body = await RequestBody.ReadAsync(request.Http);
        var value = Decoder.Decode(type, body.Object, body.Duplicates, request.Query("fieldValidation"),
            write.Warnings);
        var created = await state.Writer.CreateAsync(write, value, "Update", request.Http.RequestAborted);
        await AnswerAsync(request, write, created, StatusCodes.Status201Created);
    }

    private async Task UpdateAsync(ApiRequest request, ResourceType type)
    {
        var write = ToWrite(request, type);
        var body = await RequestBody.ReadAsync(request.Http);
        var value = Decoder.Decode(type, body.Object, body.Duplicates, request.Query("fieldValidation"),
            write.Warnings);
        if (value.Text("metadata", "name") is { } name && name != request.Name)
        {
            throw ApiErrors.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }

        value.Child("metadata")["name"] = request.Name;
        if (type.Namespaced)
        {
            if (value.Text("metadata", "namespace") is { Length: > 0 } ns && ns != request.Namespace)
            {
                throw ApiErrors.BadRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
            }

            value.Child("metadata")["namespace"] = request.Namespace;
        }

        if (type.IsCustom && string.IsNullOrEmpty(value.Text("metadata", "resourceVersion")))
        {
            throw ApiErrors.Invalid(type, request.Name,
                [FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        }

        var updated = await state.Writer.UpdateAsync(write, "Update", _ => value.Copy(), request.Http.RequestAborted);
        await AnswerAsync(request, write, updated, StatusCodes.Status200OK);
    }

    private async Task DeleteAsync(ApiRequest request, ResourceType type)
    {
        var write = ToWrite(request, type);
        var options = await DeleteOptionsAsync(request);
        write = write.DryRun || options.Texts("dryRun").Any() ? write with { DryRun = true } : write;
        var outcome = await _deleter.DeleteAsync(write, options, request.Http.RequestAborted);
        Finish(request.Http, write);
        var answersWithObject = !outcome.Gone
            || type.Storage is "pods" or "services" or "serviceaccounts" or "namespaces"
            or "persistentvolumes" or "persistentvolumeclaims" or "podtemplates" or "resourcequotas";
        await Answers.WriteAsync(request.Http, answersWithObject ? outcome.Object
            : ApiErrors.Success(type, request.Name, outcome.Object.Text("metadata", "uid")));
    }

    private async Task DeleteCollectionAsync(ApiRequest request, ResourceType type)
    {
        var options = await DeleteOptionsAsync(request);
        var items = _reader.Select(request, type, state.Store.List(type.Storage).Objects.Values).ToList();
        var list = new JsonArray();
        foreach (var item in items)
        {
            var write = ToWrite(request, type) with { Namespace = item.Namespace, Name = item.Name };
            try
            {
                list.Add((await _deleter.DeleteAsync(write, options, request.Http.RequestAborted)).Object.DeepClone());
            }
            catch (ApiException error) when (error.Code == StatusCodes.Status404NotFound)
            {
                // Somebody else was faster, and that is what was wanted.
            }

            Finish(request.Http, write);
        }

        await Answers.WriteAsync(request.Http, new JsonObject
        {
            ["kind"] = type.ListKind,
            ["apiVersion"] = type.ApiVersion,
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] =
                state.Store.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture)
            },
            ["items"] = list,
        });
    }

    private static async Task<JsonObject> DeleteOptionsAsync(ApiRequest request)
    {
        var body = await RequestBody.ReadAsync(request.Http);
        var options = (body.Node as JsonObject)?.Copy() ?? [];
        foreach (var name in new[] { "propagationPolicy", "gracePeriodSeconds", "orphanDependents" })
        {
            if (request.Query(name) is { } value && options[name] is null)
            {
                options[name] = name switch
                {
                    "gracePeriodSeconds" => long.TryParse(value, out var seconds) ? seconds : null,
                    "orphanDependents" => value == "true",
                    _ => value,
                };
            }
        }

        return options;
    }
}
