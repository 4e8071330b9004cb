namespace SupportDesk;

/// <summary>A mistake that the user can put right; its message goes to stderr and the exit code is 1.</summary>
internal sealed class SupportDeskException(string message, Exception? innerException = null) : Exception(message, innerException);
