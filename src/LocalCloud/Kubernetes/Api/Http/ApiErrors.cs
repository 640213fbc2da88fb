using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The Status objects of Kubernetes, in its own words.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(ResourceType type, string name) => NotFound(type.Group, type.Plural, name);

    public static ApiException NotFound(string group, string plural, string name) => new(Status(
        404, "NotFound", $"{Qualified(group, plural)} \"{name}\" not found", Details(name, group, plural)));

    public static ApiException AlreadyExists(ResourceType type, string name) => new(Status(
        409, "AlreadyExists", $"{type.Qualified} \"{name}\" already exists", Details(name, type.Group, type.Plural)));

    public static ApiException Conflict(ResourceType type, string name, string why) => new(Status(
        409, "Conflict", $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": {why}",
            Details(name, type.Group, type.Plural)));

    public static ApiException Modified(ResourceType type, string name) => Conflict(
        type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Invalid(ResourceType type, string name, IReadOnlyList<FieldError> errors)
    {
        var kind = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        var details = Details(name, type.Group, type.Kind);
        details["causes"] = new JsonArray([.. errors.Select(error => (JsonNode)new JsonObject
        {
            ["reason"] = error.Reason, ["message"] = error.Body, ["field"] = error.Field,
        })]);
        var texts = errors.Select(error => error.ToString()).Distinct().ToList();
        var all = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        return new ApiException(Status(422, "Invalid", $"{kind} \"{name}\" is invalid: {all}", details));
    }

    public static ApiException Forbidden(string group, string plural, string? name, string why,
        JsonArray? causes = null)
    {
        var details = Details(name, group, plural);
        if (causes is not null)
        {
            details["causes"] = causes;
        }

        var subject = string.IsNullOrEmpty(name) ? Qualified(group, plural) : $"{Qualified(group, plural)} \"{name}\"";
        return new ApiException(Status(403, "Forbidden", $"{subject} is forbidden: {why}", details));
    }

    public static ApiException ForbiddenPath(string why) => new(Status(403, "Forbidden", $"forbidden: {why}", []));

    public static ApiException Unauthorized() => new(Status(401, "Unauthorized", "Unauthorized"));

    public static ApiException BadRequest(string message) => new(Status(400, "BadRequest", message));

    public static ApiException MethodNotAllowed(string? group = null, string? plural = null) => new(Status(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
        plural is null ? [] : Details(null, group ?? "", plural)));

    public static ApiException UnsupportedMediaType(string accepted) => new(Status(
        415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {accepted}", []));

    public static ApiException TooLarge(long limit) => new(Status(
        413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}", []));

    public static ApiException Expired(string message) => new(Status(410, "Expired", message));

    public static ApiException TooManyRequests(string message, int seconds, JsonArray? causes = null)
    {
        var details = new JsonObject { ["retryAfterSeconds"] = seconds };
        if (causes is not null)
        {
            details["causes"] = causes;
        }

        return new ApiException(Status(429, "TooManyRequests", message, details), seconds);
    }

    public static ApiException Internal(string message) => new(Status(
        500, "InternalError", $"Internal error occurred: {message}",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = message }) }));

    public static JsonObject Status(int code, string reason, string message, JsonObject? details = null)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (details is not null)
        {
            status["details"] = details;
        }

        status["code"] = code;
        return status;
    }

    public static JsonObject Success(ResourceType type, string name, string? uid)
    {
        var details = Details(name, type.Group, type.Plural);
        details["uid"] = uid;
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private static JsonObject Details(string? name, string group, string kind)
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(name))
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        details["kind"] = kind;
        return details;
    }

    private static string Qualified(string group, string plural) => group.Length == 0 ? plural : $"{plural}.{group}";
}
