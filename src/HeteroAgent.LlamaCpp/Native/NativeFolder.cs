namespace HeteroAgent.LlamaCpp;

/// <summary>A folder that may hold one build of llama.cpp.</summary>
/// <param name="Directory">The folder of <c>llama</c>, <c>ggml</c> and <c>ggml-base</c>.</param>
/// <param name="CpuDirectory">The folder of <c>ggml-cpu</c>, which the GPU packages share with the CPU package.</param>
/// <param name="Backend">What the build computes on: <c>cuda13</c> to <c>cuda11</c>, <c>vulkan</c>, a CPU level such as <c>avx2</c>, or <c>native</c> where the folder does not tell.</param>
internal sealed record NativeFolder(string Directory, string CpuDirectory, string Backend);
