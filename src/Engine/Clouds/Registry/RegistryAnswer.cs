namespace Mayfly.Engine.Clouds.Registry;

/// <summary>What a registry says of an image, or of a login.</summary>
public abstract record RegistryAnswer
{
    private RegistryAnswer()
    {
    }

    /// <summary>It is there, and who asked may have it.</summary>
    public sealed record Present : RegistryAnswer;

    /// <summary>The registry says that it is not there.</summary>
    public sealed record NotFound : RegistryAnswer;

    /// <summary>The registry refuses who asks.</summary>
    /// <param name="Detail">Its status.</param>
    public sealed record Denied(string Detail) : RegistryAnswer;

    /// <summary>Nothing is known: no answer, or one that says nothing about the image.</summary>
    /// <param name="Detail">What came instead.</param>
    public sealed record Unknown(string Detail) : RegistryAnswer;
}
