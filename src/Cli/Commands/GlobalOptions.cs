using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Output = Choice("--output", "How to answer: 'text' for people, 'json' for one JSON object a line.", "text", "json");

    public static readonly Option<string> Config = new("--config")
    {
        Description = "The configuration; by default mayfly.yaml here or in the nearest directory above.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<bool> Local = new("--local") { Description = "Work on the local cloud; it is started when it does not run.", Recursive = true };

    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Show what the tools print.", Recursive = true };

    public static IReadOnlyList<Option> All { get; } = [Output, Config, Local, Verbose];

    private static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !words.Contains(token.Value))
            {
                result.AddError($"'{name}' takes {string.Join(" or ", words.Select(word => $"'{word}'"))}, not '{token.Value}'.");
            }
        });
        return option;
    }
}
