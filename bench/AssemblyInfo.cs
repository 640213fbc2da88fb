// It reads /proc and writes scripts for sh.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
