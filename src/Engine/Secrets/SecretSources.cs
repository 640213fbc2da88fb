using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Secrets;

/// <summary>A value that a source gave, or why it gave none.</summary>
internal readonly record struct Sourced(string? Value, string Why);

/// <summary>Fetches missing values from where the contract says that they come from.</summary>
internal sealed class SecretSources(
    SecretVault vault, string directory, IReadOnlyDictionary<string, string> templates, IReadOnlyDictionary<string, string> environment, Redactor redactor)
{
    private const int PasswordLength = 32;
    private const int KeySize = 3072;

    /// <summary>A value from a source. Whatever is secret about it, the redactor knows before anybody else does.</summary>
    public async Task<Sourced> FetchAsync(SecretSource source, CancellationToken ct)
    {
        var fetched = source switch
        {
            SecretSource.Variable(var name) => environment.TryGetValue(name, out var value) && value.Length > 0
                ? new Sourced(value, "")
                : new Sourced(null, $"the variable {name} is not set"),
            SecretSource.FromFile(var path) => await FileAsync(path, ct),
            SecretSource.OtherSecret(var id, var key) => await OtherAsync(Template.Expand(id, templates), key, ct),
            SecretSource.Password => new Sourced(
                RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", PasswordLength), ""),
            SecretSource.KeyPair => new Sourced(PrivateKey(), ""),
            SecretSource.Fixed(var text) => new Sourced(Template.Expand(text, templates), ""),
            _ => new Sourced(null, "it comes from a person"),
        };
        if (fetched.Value is { } secret && source is not SecretSource.Fixed)
        {
            redactor.Learn(secret);
        }

        return fetched;
    }

    private async Task<Sourced> FileAsync(string path, CancellationToken ct)
    {
        try
        {
            var text = await File.ReadAllTextAsync(Path.Combine(directory, path), ct);
            return new Sourced(text.TrimEnd('\r', '\n'), "");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new Sourced(null, $"the file {path} cannot be read");
        }
    }

    private async Task<Sourced> OtherAsync(string id, string? key, CancellationToken ct)
    {
        var text = await vault.TextAsync(id, ct);
        if (text is null || key is null)
        {
            return new Sourced(text, text is null ? $"the secret {id} has no value" : "");
        }

        try
        {
            var value = (JsonNode.Parse(text) as JsonObject)?[key];
            return value is null ? new Sourced(null, $"the secret {id} has no key {key}") : new Sourced(SecretContract.TextOf(value), "");
        }
        catch (JsonException)
        {
            return new Sourced(null, $"the secret {id} is no JSON object");
        }
    }

    private static string PrivateKey()
    {
        using var key = RSA.Create(KeySize);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
