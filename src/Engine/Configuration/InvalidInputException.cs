namespace Mayfly.Engine.Configuration;

/// <summary>
/// What was asked for, or the configuration, cannot be right; nothing was touched. Its problems are sentences written for
/// people; fronts print them as they are and end with exit code 2.
/// </summary>
public sealed class InvalidInputException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>One problem only.</summary>
    public InvalidInputException(string problem)
        : this([problem]) { }

    /// <summary>Every problem that was found, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
