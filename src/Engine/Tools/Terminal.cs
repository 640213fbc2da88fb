namespace Mayfly.Engine.Tools;

/// <summary>What the terminal does with Ctrl-C.</summary>
internal static class Terminal
{
    /// <summary>
    /// True when this process is in the foreground of a terminal, so that Ctrl-C reaches its children too. A second interrupt
    /// makes terraform drop everything at once, hence nobody may get two.
    /// </summary>
    public static bool InterruptsChildren()
    {
        // Fields of stat(5) after the command's closing parenthesis: state ppid pgrp session tty_nr tpgid.
        const string Stat = "/proc/self/stat";
        if (!File.Exists(Stat))
        {
            return !System.Console.IsInputRedirected;
        }

        var stat = File.ReadAllText(Stat);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length > 5 && fields[2] == fields[5];
    }
}
