namespace Mayfly.Engine.Configuration;

/// <summary>The only words that a setting takes.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoicesAttribute(params string[] words) : Attribute
{
    /// <summary>The words, in the order of the documentation.</summary>
    public IReadOnlyList<string> Words { get; } = words;
}

/// <summary>A pattern that the whole of a setting, or each item of a list, must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MatchesAttribute(string pattern, string wording) : Attribute
{
    /// <summary>A regular expression with both anchors, in the subset that .NET and JavaScript share.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>What the pattern means, after "must be".</summary>
    public string Wording { get; } = wording;
}

/// <summary>Bounds of a number or of each number in a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(int least, int most) : Attribute
{
    /// <summary>The smallest number allowed.</summary>
    public int Least { get; } = least;

    /// <summary>The largest number allowed.</summary>
    public int Most { get; } = most;
}

/// <summary>Which names a template may use.</summary>
public enum TemplateNames
{
    /// <summary>All of <see cref="Environments.TemplateVariables.Names"/>.</summary>
    All,

    /// <summary>Those of which a host may be made.</summary>
    Host,

    /// <summary>Any: the names are attributes of a planned resource.</summary>
    Attributes,
}

/// <summary>Strings of this setting, also inside lists and trees and as their keys, are templates.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TemplateAttribute(TemplateNames names = TemplateNames.All) : Attribute
{
    /// <summary>The names allowed.</summary>
    public TemplateNames Names { get; } = names;
}

/// <summary>A regular expression of .NET.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExpressionAttribute : Attribute
{
    /// <summary>Groups that it must have at least.</summary>
    public int Groups { get; init; }
}

/// <summary>Set by the loader, no key of the file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotAKeyAttribute : Attribute;
