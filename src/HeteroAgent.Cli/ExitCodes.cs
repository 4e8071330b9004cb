namespace HeteroAgent.Cli;

/// <summary>What the process answers to its caller.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>What was asked for could not be done: a bad file, no natives, a failed request.</summary>
    internal const int Failure = 1;

    /// <summary>The command line is wrong: nothing was tried.</summary>
    internal const int Usage = 2;

    /// <summary>Ended by Ctrl-C, as shells report it: 128 + SIGINT.</summary>
    internal const int Interrupted = 130;
}
