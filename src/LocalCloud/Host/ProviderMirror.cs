using System.Runtime.InteropServices;
using System.Text;

namespace Mayfly.LocalCloud.Host;

/// <summary>
/// Makes terraform find the stand-in providers: a folder laid out as terraform's mirrors are, in which each provider is a line of shell
/// that becomes the one program of all three, and a configuration that names the folder.
/// </summary>
internal static class ProviderMirror
{
    private const string Registry = "registry.terraform.io";

    // The versions whose schemas the stand-ins have (tools/SchemaFacts).
    private static readonly (string Name, string Version)[] Providers = [("aws", "6.25.0"), ("helm", "3.1.1"), ("kubernetes", "2.38.0")];

    /// <summary>Writes both.</summary>
    /// <returns>The path of the configuration.</returns>
    public static string Write(StateFolder folder, string program)
    {
        var mirror = folder.In("providers");
        foreach (var (name, version) in Providers)
        {
            var directory = Path.Combine(mirror, Registry, "hashicorp", name, version, Platform);
            Directory.CreateDirectory(directory);
            var launcher = Path.Combine(directory, $"terraform-provider-{name}_v{version}");
            File.WriteAllText(launcher, $"#!/bin/sh\nexec '{program.Replace("'", "'\\''", StringComparison.Ordinal)}' {name} \"$@\"\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            }
        }

        var own = string.Join(", ", Providers.Select(provider => $"\"{Registry}/hashicorp/{provider.Name}\""));
        return folder.Write("terraform.tfrc", Encoding.UTF8.GetBytes(
            $$"""
            # The local cloud's providers for AWS, Helm and Kubernetes; every other one comes from where it always does.
            provider_installation {
              filesystem_mirror {
                path    = "{{mirror.Replace("\\", "\\\\", StringComparison.Ordinal)}}"
                include = [{{own}}]
              }
              direct {
                exclude = [{{own}}]
              }
            }
            disable_checkpoint = true

            """));
    }

    private static string Platform =>
        (OperatingSystem.IsMacOS() ? "darwin" : "linux") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "_arm64" : "_amd64");
}
