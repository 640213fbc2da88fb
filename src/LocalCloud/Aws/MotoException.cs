namespace Mayfly.LocalCloud.Aws;

/// <summary>moto cannot be had or did not start; the message is for people.</summary>
public sealed class MotoException(string message, Exception? inner = null) : Exception(message, inner);
