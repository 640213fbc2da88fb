using System.Net;

namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>A load balancer as the edge plays it: everything it needs to answer a request, read from AWS at one moment.</summary>
/// <param name="DnsName">Its own DNS name.</param>
/// <param name="Listeners">What it listens on.</param>
public sealed record Balancer(string DnsName, IReadOnlyList<BalancerListener> Listeners)
{
    /// <summary>How long a target may stay silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The listener on a port.</summary>
    public BalancerListener? On(int port) => Listeners.FirstOrDefault(listener => listener.Port == port);
}

/// <summary>A listener: certificates, rules by priority, and what happens when no rule matches.</summary>
/// <param name="Port">The public port, 80 or 443.</param>
/// <param name="IsSecure">Whether it speaks TLS.</param>
/// <param name="Certificates">The names of each certificate; the first certificate is shown when none fits.</param>
/// <param name="Rules">The rules, the first that matches counts.</param>
/// <param name="Default">The action without a rule.</param>
public sealed record BalancerListener(
    int Port,
    bool IsSecure,
    IReadOnlyList<BalancerCertificate> Certificates,
    IReadOnlyList<BalancerRule> Rules,
    BalancerAction Default)
{
    /// <summary>What happens to a request.</summary>
    public BalancerAction Choose(string host, string path) =>
        Rules.FirstOrDefault(rule => rule.Matches(host, path))?.Action ?? Default;

    /// <summary>The certificate shown to a client that asks for a name; null when there is none at all.</summary>
    public BalancerCertificate? CertificateFor(string? name) =>
        (name is null ? null : Certificates.Where(certificate => certificate.Covers(name)).MaxBy(certificate => certificate.Names.Contains(name)))
        ?? Certificates.FirstOrDefault();
}

/// <summary>A certificate of ACM.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Names">The names it is for, wildcards included.</param>
public sealed record BalancerCertificate(string Arn, IReadOnlyList<string> Names)
{
    /// <summary>Whether it is valid for a host; a wildcard stands for one label.</summary>
    public bool Covers(string host) => Names.Any(name =>
        string.Equals(name, host, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.') is > 0 and var dot
            && host.AsSpan(dot).Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase)));
}

/// <summary>A rule: all its conditions have to hold, of each condition's values one.</summary>
public sealed record BalancerRule(int Priority, IReadOnlyList<string> Hosts, IReadOnlyList<string> Paths, BalancerAction Action)
{
    /// <summary>Whether a request is one of this rule's.</summary>
    public bool Matches(string host, string path) =>
        (Hosts.Count == 0 || Hosts.Any(pattern => Glob.Matches(pattern, host, ignoreCase: true)))
        && (Paths.Count == 0 || Paths.Any(pattern => Glob.Matches(pattern, path, ignoreCase: false)));
}

/// <summary>What a listener does with a request.</summary>
public abstract record BalancerAction
{
    private BalancerAction()
    {
    }

    /// <summary>Passes it to a target.</summary>
    public sealed record Forward(IReadOnlyList<BalancerTarget> Targets) : BalancerAction;

    /// <summary>Sends the client elsewhere; <c>#{host}</c> and its like stand for parts of the request.</summary>
    public sealed record Redirect(int Status, string Protocol, string Port, string Host, string Path, string Query) : BalancerAction;

    /// <summary>Answers by itself.</summary>
    public sealed record Fixed(int Status, string? ContentType, string? Body) : BalancerAction;
}

/// <summary>A registered target.</summary>
/// <param name="Address">A pod's address.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsHealthy">Whether its health check says so.</param>
public sealed record BalancerTarget(IPAddress Address, int Port, bool IsHealthy);

/// <summary>Patterns of listener rules: <c>*</c> for any characters, <c>?</c> for one.</summary>
public static class Glob
{
    /// <summary>Whether a text is one of the pattern's.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase)
    {
        int at = 0, star = -1, resume = 0, p = 0;
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = at;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || Same(pattern[p], text[at], ignoreCase)))
            {
                p++;
                at++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                p = star + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    private static bool Same(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToLowerInvariant(one) == char.ToLowerInvariant(other));
}
