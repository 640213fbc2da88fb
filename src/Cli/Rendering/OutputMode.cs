namespace Mayfly.Cli.Rendering;

/// <summary>For whom the answer is.</summary>
internal enum OutputMode
{
    /// <summary>People.</summary>
    Text,

    /// <summary>Programs.</summary>
    Json,
}
