namespace Mayfly.Engine.Secrets;

/// <summary>How a key of the contract stands.</summary>
public enum SecretState
{
    /// <summary>Its value satisfies its rule.</summary>
    Satisfied,

    /// <summary>This run wrote a value that satisfies its rule.</summary>
    Written,

    /// <summary>It is optional and absent.</summary>
    Absent,

    /// <summary>It breaks the contract.</summary>
    Broken,
}

/// <summary>Where in the chain a secret breaks.</summary>
public enum SecretLink
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>The secret itself in Secrets Manager.</summary>
    Container,

    /// <summary>Its value.</summary>
    Value,

    /// <summary>The right to read or write it.</summary>
    Access,

    /// <summary>What ESO makes of it in the cluster.</summary>
    Sync,

    /// <summary>The login of a pull secret: its registry refuses it, or there is none.</summary>
    Registry,

    /// <summary>An image that is to be deployed.</summary>
    Image,
}

/// <summary>One row of the contract's table. It never holds a value.</summary>
/// <param name="Secret">The Secrets Manager id; of a row about pulling, the pull secret or the image.</param>
/// <param name="Key">The key, or the registry of a login; empty for the secret as a whole.</param>
/// <param name="State">How it stands.</param>
/// <param name="Broke">Where it breaks.</param>
/// <param name="Problem">What is wrong, in words; empty when nothing is.</param>
/// <param name="Next">What a person can do; empty when there is nothing to do.</param>
public sealed record SecretFinding(string Secret, string Key, SecretState State, SecretLink Broke, string Problem, string Next)
{
    /// <summary>A row of a key that is fine.</summary>
    public static SecretFinding Fine(string secret, string key, SecretState state) => new(secret, key, state, SecretLink.None, "", "");
}
