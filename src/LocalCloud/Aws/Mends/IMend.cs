namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>One thing that moto does otherwise than AWS, put right. Each is a file, and docs/local-cloud.md lists it.</summary>
public interface IMend
{
    /// <summary>Whether it concerns this request.</summary>
    bool Concerns(AwsCall call);

    /// <summary>Answers: itself, or by what <paramref name="next"/> gives, changed.</summary>
    Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct);
}
