namespace Mayfly.LocalCloud.Aws;

/// <summary>How moto is started.</summary>
public sealed record MotoOptions
{
    /// <summary>The command, found on PATH, without host and port.</summary>
    public IReadOnlyList<string> Command { get; init; } = ["moto_server"];

    /// <summary>The account's 12 digits.</summary>
    public string Account { get; init; } = "123456789012";

    /// <summary>The clock of waiting.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
