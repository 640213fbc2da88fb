namespace Mayfly.LocalCloud.Aws;

/// <summary>Which operations only look. AWS's names say so by their first word, with few exceptions.</summary>
internal static class AwsReads
{
    private static readonly string[] Verbs =
    [
        "Describe", "List", "Get", "Head", "BatchGet", "Lookup", "Search", "Query", "Scan", "Filter", "Check", "Simulate",
        "Verify", "Test", "Validate", "Decode", "Preview", "Select", "Estimate", "AssumeRole",
    ];

    public static bool IsWrite(string action) => !Verbs.Any(verb => action.StartsWith(verb, StringComparison.Ordinal));
}
