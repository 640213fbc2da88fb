using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Kubernetes.Images;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Operators.Runtime;

/// <summary>What an admission webhook says to a request.</summary>
/// <param name="Refusal">Why it may not be; null: it may.</param>
/// <param name="Patch">JSON patch operations, of a mutating webhook.</param>
internal sealed record Admission(string? Refusal, JsonArray? Patch = null)
{
    public static readonly Admission Allowed = new((string?)null);

    /// <summary>How the real ones word it, controller-runtime's prefix included.</summary>
    public static Admission Refused(string why) => new(why);
}

/// <summary>The <c>request</c> part of an admission review.</summary>
internal sealed record AdmissionRequest(JsonObject Request)
{
    public string Operation => (string?)Request["operation"] ?? "";

    public JsonObject? Object => Request["object"] as JsonObject;

    public JsonObject? OldObject => Request["oldObject"] as JsonObject;
}

/// <summary>Serves admission webhooks over HTTPS on a pod's port, with the certificate that lies in a mounted folder.</summary>
internal static class AdmissionServer
{
    /// <summary>Decides about one request.</summary>
    public delegate ValueTask<Admission> Decide(AdmissionRequest request, CancellationToken ct);

    /// <summary>Reads the serving certificate that is mounted; null while there is none.</summary>
    public static async Task<X509Certificate2?> ReadCertificateAsync(ContainerContext container, string folder, CancellationToken ct)
    {
        var certificate = await container.ReadFileAsync($"{folder}/tls.crt", ct);
        var key = await container.ReadFileAsync($"{folder}/tls.key", ct);
        if (certificate is null or [] || key is null or [])
        {
            return null;
        }

        using var pem = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(certificate), Encoding.ASCII.GetString(key));

        // Through PKCS#12, because a key that lives only in memory cannot be used by every TLS stack.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Starts serving.</summary>
    /// <param name="container">The container.</param>
    /// <param name="port">The pod's port.</param>
    /// <param name="certificate">The certificate at each handshake.</param>
    /// <param name="webhooks">The webhooks by their path.</param>
    /// <param name="ct">Ends the start.</param>
    public static Task<PodServer> StartAsync(
        ContainerContext container, int port, Func<X509Certificate2> certificate, IReadOnlyDictionary<string, Decide> webhooks, CancellationToken ct) =>
        PodServer.StartAsync(container, port, http => AnswerAsync(http, webhooks), certificate, ct);

    /// <summary>Starts answering a probe.</summary>
    public static Task<PodServer> StartProbeAsync(ContainerContext container, int port, Func<bool> ready, CancellationToken ct) =>
        PodServer.StartAsync(
            container,
            port,
            http =>
            {
                var good = ready();
                http.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
                return http.Response.WriteAsync(good ? "ok" : "not ready");
            },
            null,
            ct);

    private static async Task AnswerAsync(HttpContext http, IReadOnlyDictionary<string, Decide> webhooks)
    {
        if (!webhooks.TryGetValue(http.Request.Path.Value ?? "", out var decide))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        JsonNode? review;
        try
        {
            review = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        }
        catch (JsonException)
        {
            review = null;
        }

        if (review?["request"] is not JsonObject request)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var admission = await decide(new AdmissionRequest(request), http.RequestAborted);
        var response = new JsonObject { ["uid"] = (string?)request["uid"], ["allowed"] = admission.Refusal is null };
        if (admission.Refusal is { } why)
        {
            response["status"] = new JsonObject { ["status"] = "Failure", ["message"] = why, ["reason"] = "Forbidden", ["code"] = 403 };
        }
        else if (admission.Patch is { Count: > 0 } patch)
        {
            response["patchType"] = "JSONPatch";
            response["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString()));
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(new JsonObject
        {
            ["apiVersion"] = (string?)review["apiVersion"] ?? "admission.k8s.io/v1",
            ["kind"] = "AdmissionReview",
            ["response"] = response,
        }.ToJsonString());
    }
}
