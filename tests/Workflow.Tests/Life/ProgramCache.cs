using System.Text.Json.Nodes;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>GitHub's cache, empty at first.</summary>
/// <param name="folder">Where it keeps what is saved.</param>
internal sealed class ProgramCache(string folder)
{
    /// <summary>How often something was found.</summary>
    public int Hits { get; private set; }

    /// <summary>How often something was saved.</summary>
    public int Saves { get; private set; }

    /// <summary>What <c>actions/cache/restore</c> does.</summary>
    public JsonObject Restore(ActionCall call)
    {
        var kept = Path.Combine(folder, call["key"]);
        if (!Directory.Exists(kept))
        {
            return new JsonObject { ["cache-hit"] = "" };
        }

        Hits++;
        Directory.CreateSymbolicLink(call["path"], kept);
        return new JsonObject { ["cache-hit"] = "true" };
    }

    /// <summary>What <c>actions/cache/save</c> does.</summary>
    public JsonObject Save(ActionCall call)
    {
        Saves++;
        Assert.True(File.Exists(Path.Combine(call["path"], "mayfly")), "there is no program to save");
        Directory.CreateDirectory(folder);
        Directory.Move(call["path"], Path.Combine(folder, call["key"]));
        Directory.CreateSymbolicLink(call["path"], Path.Combine(folder, call["key"]));
        return [];
    }
}
