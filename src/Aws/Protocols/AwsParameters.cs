using System.Collections;
using System.Globalization;

namespace Mayfly.Aws.Protocols;

/// <summary>Parameters of the query protocol. What is null is left out.</summary>
public sealed class AwsParameters : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    /// <summary>Adds a value.</summary>
    public AwsParameters Add(string name, string? value)
    {
        if (value is not null)
        {
            _pairs.Add(new(name, value));
        }

        return this;
    }

    /// <inheritdoc cref="Add(string, string?)"/>
    public AwsParameters Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Add(string, string?)"/>
    public AwsParameters Add(string name, bool? value) => Add(name, value is { } known ? known ? "true" : "false" : null);

    /// <summary>Adds a list as <c>name.1</c>, <c>name.2</c>; the query protocol's lists are called <c>Things.member</c>, EC2's <c>Thing</c>.</summary>
    public AwsParameters AddList(string name, IEnumerable<string>? values)
    {
        foreach (var (index, value) in (values ?? []).Index())
        {
            Add($"{name}.{index + 1}", value);
        }

        return this;
    }

    /// <summary>Adds a list of structures; <paramref name="write"/> gets the prefix of each.</summary>
    public AwsParameters AddStructures<T>(string name, IEnumerable<T>? values, Action<AwsParameters, string, T> write)
    {
        foreach (var (index, value) in (values ?? []).Index())
        {
            write(this, $"{name}.{index + 1}", value);
        }

        return this;
    }

    /// <summary>Adds others.</summary>
    public AwsParameters AddAll(IEnumerable<KeyValuePair<string, string>>? others)
    {
        _pairs.AddRange(others ?? []);
        return this;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
