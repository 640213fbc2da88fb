using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Mayfly.Engine.Leases;

/// <summary>Objects in a bucket, written with S3's conditional requests.</summary>
public sealed class S3Store : IObjectStore
{
    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly TimeProvider _clock;
    private TimeSpan? _ahead;

    public S3Store(AmazonS3Client client, string bucket, TimeProvider clock)
    {
        (_client, _bucket, _clock) = (client, bucket, clock);
        _client.AfterResponseEvent += OnResponse;
    }

    /// <inheritdoc />
    public string Location => $"s3://{_bucket}";

    /// <inheritdoc />
    public async Task<StoredObject?> GetAsync(string key, CancellationToken ct)
    {
        try
        {
            using var response = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = key }, ct);
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content, ct);
            return new StoredObject(content.ToArray(), response.ETag, new DateTimeOffset(response.LastModified ?? default, TimeSpan.Zero));
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "NoSuchKey" or "NoSuchBucket")
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<string?> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken ct)
    {
        using var body = new MemoryStream(content.ToArray());
        var request = new PutObjectRequest
        {
            BucketName = _bucket,
            Key = key,
            InputStream = body,
            IfMatch = condition.Version,
            IfNoneMatch = condition.MustBeAbsent ? "*" : null,
            ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256,
        };
        try
        {
            return (await _client.PutObjectAsync(request, ct)).ETag;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict
            || (condition.Version is not null && e.ErrorCode == "NoSuchKey"))
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string key, CancellationToken ct)
    {
        await _client.DeleteObjectAsync(_bucket, key, ct);
        await PurgeAsync(key, found => found == key, ct);
    }

    /// <inheritdoc />
    public async Task<int> EraseAsync(string prefix, IReadOnlySet<string> keep, CancellationToken ct)
    {
        var keys = (await ListAsync(prefix, ct)).Where(key => !keep.Contains(key)).ToList();
        foreach (var key in keys)
        {
            await _client.DeleteObjectAsync(_bucket, key, ct);
        }

        return Math.Max(keys.Count, await PurgeAsync(prefix, key => !keep.Contains(key), ct));
    }

    // In a versioned bucket a deleted object lives on in its versions, and a state's versions hold secrets.
    private async Task<int> PurgeAsync(string prefix, Func<string, bool> wanted, CancellationToken ct)
    {
        var purged = 0;
        var request = new ListVersionsRequest { BucketName = _bucket, Prefix = prefix };
        try
        {
            ListVersionsResponse page;
            do
            {
                page = await _client.ListVersionsAsync(request, ct);
                foreach (var version in (page.Versions ?? []).Where(version => wanted(version.Key)))
                {
                    await _client.DeleteObjectAsync(_bucket, version.Key, version.VersionId, ct);
                    purged++;
                }

                (request.KeyMarker, request.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
            }
            while (page.IsTruncated == true);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Forbidden)
        {
            // Who may not touch versions has them kept on purpose; the objects themselves are gone.
        }

        return purged;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken ct)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = prefix };
        try
        {
            ListObjectsV2Response page;
            do
            {
                page = await _client.ListObjectsV2Async(request, ct);
                keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket")
        {
            return [];
        }

        return keys;
    }

    /// <inheritdoc />
    public async Task<DateTimeOffset> NowAsync(CancellationToken ct)
    {
        if (_ahead is null)
        {
            // Nothing was asked yet. Whatever the answer to this is, it carries the store's time.
            await GetAsync(".mayfly-clock", ct);
        }

        return _clock.GetUtcNow() + (_ahead ?? TimeSpan.Zero);
    }

    /// <inheritdoc />
    public async Task<bool> EnsureExistsAsync(CancellationToken ct)
    {
        try
        {
            await _client.GetBucketLocationAsync(_bucket, ct);
            return false;
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket")
        {
            await _client.PutBucketAsync(_bucket, ct);
        }

        // A state holds secrets, and its earlier versions are the last way back.
        await _client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        }, ct);
        await _client.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
        {
            BucketName = _bucket,
            PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration
            {
                BlockPublicAcls = true,
                BlockPublicPolicy = true,
                IgnorePublicAcls = true,
                RestrictPublicBuckets = true,
            },
        }, ct);
        return true;
    }

    // Every answer carries the server's time; the difference to ours stays small within a run, so the last one serves.
    private void OnResponse(object sender, ResponseEventArgs e)
    {
        if (e is WebServiceResponseEventArgs { ResponseHeaders: { } headers } && headers.TryGetValue("Date", out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            _ahead = date - _clock.GetUtcNow();
        }
    }
}
