using Cronos;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>The times of a CronJob.</summary>
public sealed class Schedule
{
    private readonly CronExpression _expression;
    private readonly TimeZoneInfo _zone;

    private Schedule(CronExpression expression, TimeZoneInfo zone)
    {
        _expression = expression;
        _zone = zone;
    }

    /// <summary>Reads a schedule; null and what is wrong with it when it is none.</summary>
    public static Schedule? Parse(string text, string? zone, out string fault)
    {
        fault = "";
        try
        {
            return new Schedule(CronExpression.Parse(text), string.IsNullOrEmpty(zone) ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
        catch (CronFormatException wrong)
        {
            fault = $"\"{text}\": {wrong.Message}";
        }
        catch (TimeZoneNotFoundException)
        {
            fault = $"invalid timeZone: \"{zone}\"";
        }

        return null;
    }

    /// <summary>The next time after now.</summary>
    public DateTime? Next(DateTime now) => _expression.GetNextOccurrence(now, _zone);

    /// <summary>The last time that is due since the last run and not too long ago; null when none is.</summary>
    public DateTime? Last(DateTime since, DateTime now, long? startingDeadlineSeconds)
    {
        var from = startingDeadlineSeconds is { } seconds && now - TimeSpan.FromSeconds(seconds) > since ? now - TimeSpan.FromSeconds(seconds) : since;
        DateTime? last = null;

        // A schedule that was not looked at for long has missed many; only the last one counts, and a bound keeps the search short.
        var time = _expression.GetNextOccurrence(from < now.AddDays(-40) ? now.AddDays(-40) : from, _zone);
        while (time is { } due && due <= now)
        {
            last = due;
            time = _expression.GetNextOccurrence(due, _zone);
        }

        return last;
    }
}
