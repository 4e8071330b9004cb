using System.Runtime.CompilerServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Guards llama.cpp's list of a model's adapters: every context reads it when it lays out its compute graphs, which any
/// decode may do, and loading or freeing an adapter changes it.
/// </summary>
internal static class AdapterLocks
{
    private static readonly ConditionalWeakTable<SafeLlamaModelHandle, ReaderWriterLockSlim> Locks = [];

    /// <summary>The lock of a model: held for reading while a context is made or decodes, for writing while an adapter is loaded or freed.</summary>
    internal static ReaderWriterLockSlim Of(SafeLlamaModelHandle model) => Locks.GetOrAdd(model, static _ => new ReaderWriterLockSlim());
}
