using System.Net.Sockets;
using System.Security.Authentication;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Failures;

/// <summary>What the runtime's exceptions mean: a connection that broke is one, whatever words it has for it.</summary>
public sealed class OutsideWorldTests
{
    public static TheoryData<Exception> Lost() =>
    [
        new HttpRequestException("An error occurred while sending the request.", new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.")),
        new HttpRequestException("Connection refused (127.0.0.1:443)", new SocketException((int)SocketError.ConnectionRefused)),
        new IOException("Unable to read data from the transport connection: Connection reset by peer.", new SocketException((int)SocketError.ConnectionReset)),
        new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."),
        new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.", new TimeoutException()),
    ];

    [Theory]
    [MemberData(nameof(Lost), DisableDiscoveryEnumeration = true)]
    public void A_connection_that_broke_is_an_api_that_cannot_be_reached_and_is_asked_again(Exception exception)
    {
        var failure = OutsideWorld.Classify(exception)!;

        Assert.Equal(("k8s_api_unreachable", Disposition.RetryAfterWait), (failure.Class, failure.Disposition));
        Assert.NotEmpty(failure.Next);
        Assert.DoesNotContain("Exception", failure.Summary);
    }

    [Fact]
    public void A_certificate_that_is_not_trusted_and_a_bug_are_no_broken_connections()
    {
        var untrusted = OutsideWorld.Classify(new HttpRequestException("The SSL connection could not be established", new AuthenticationException("the chain is not trusted")));

        Assert.NotEqual("k8s_api_unreachable", untrusted!.Class);
        Assert.Null(OutsideWorld.Classify(new InvalidOperationException("a bug")));
    }

    [Fact]
    public void A_summary_is_the_tools_own_sentence_and_not_its_librarys_log()
    {
        var failure = FailureClassifier.Classify("helm",
            "E1124 22:03:55.440470   17329 memcache.go:265] \"Unhandled Error\" err=\"the server has received too many requests\"\nError: could not get apiVersions from Kubernetes");

        Assert.Equal("Error: could not get apiVersions from Kubernetes", failure.Summary);
    }

    [Fact]
    public void An_answer_of_the_cluster_that_is_no_verdict_is_asked_again_and_told_in_a_sentence()
    {
        var answer = new ApiAnswer(500, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Internal error occurred: etcd changed its leader","reason":"InternalError","code":500}""");

        var failure = OutsideWorld.Classify(answer.Refused())!;

        Assert.Equal(("k8s_api_unreachable", Disposition.RetryAfterWait), (failure.Class, failure.Disposition));
        Assert.Equal("Error from server (InternalError): Internal error occurred: etcd changed its leader", failure.Summary);
    }

    [Theory]
    [InlineData("helm", "E1125 00:35:40.809199   29641 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group list: an error on the server (\\\"unknown\\\") has prevented the request from succeeding\"\n"
        + "Error: could not get apiVersions from Kubernetes: an error on the server (\"unknown\") has prevented the request from succeeding")]
    [InlineData("helm", "Error: UPGRADE FAILED: Patch \"https://127.0.0.1:6443/api/v1/namespaces/pr-7/services/pr-7-backend?fieldManager=helm&force=true\": stream error: stream ID 27; INTERNAL_ERROR; received from peer")]
    [InlineData("helm", "Error: Get \"https://ABCD.gr7.us-east-1.eks.amazonaws.com/apis?timeout=32s\": http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR")]
    [InlineData("terraform", """{"@level":"error","@message":"Error: an error on the server (\"\") has prevented the request from succeeding (get namespaces pr-42)","type":"diagnostic","diagnostic":{"severity":"error","summary":"an error on the server (\"\") has prevented the request from succeeding (get namespaces pr-42)","detail":""}}""")]
    public void An_answer_that_did_not_come_whole_is_asked_for_again(string tool, string text)
    {
        var failure = FailureClassifier.Classify(tool, text);

        Assert.Equal(("k8s_api_unreachable", Disposition.RetryAfterWait), (failure.Class, failure.Disposition));
        Assert.DoesNotContain("memcache", failure.Summary);
    }
}
