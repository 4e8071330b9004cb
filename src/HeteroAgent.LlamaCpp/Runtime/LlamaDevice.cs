namespace HeteroAgent.LlamaCpp;

/// <summary>A device that the native library can compute on.</summary>
/// <param name="Name">The backend's name for it, for example <c>CPU</c>, <c>CUDA0</c>, <c>Vulkan0</c>.</param>
/// <param name="Description">The hardware's name.</param>
/// <param name="IsGpu">Whether it is a discrete or integrated GPU.</param>
/// <param name="FreeBytes">Free memory in bytes; 0 where the backend does not tell.</param>
/// <param name="TotalBytes">Total memory in bytes; 0 where the backend does not tell.</param>
public sealed record LlamaDevice(string Name, string Description, bool IsGpu, long FreeBytes, long TotalBytes);
