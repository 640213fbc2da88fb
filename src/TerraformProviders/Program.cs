using Mayfly.TerraformProviders;
using Mayfly.TerraformProviders.Protocol;

if (Handshake.FromEnvironment(out var refusal) is not { } handshake)
{
    await Console.Error.WriteLineAsync(refusal);
    return 1;
}

if (args is not [var name, ..] || Providers.Create(name) is not { } provider)
{
    await Console.Error.WriteLineAsync($"usage: mayfly-provider <{string.Join('|', Providers.Names)}>");
    return 2;
}

await new PluginServer(new ProviderService(provider)).RunAsync(handshake);
return 0;
