using LLama;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>Makes a model of weights that the application has loaded with LLamaSharp. They stay the caller's: both can be used at the same time, and disposed in either order. Load and dispose adapters while LLamaSharp decodes with these weights nowhere: it takes no part in the lock that guards them.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="options">How to use them; <see langword="null"/> for the defaults. How they were placed and mapped stays as it is: <see cref="LlamaModelOptions.UseMemoryMapping"/> and <see cref="LlamaModelOptions.GpuLayers"/> should be what they were loaded with, since the memory that is left is reckoned by them.</param>
    /// <param name="path">The file of the weights, or one of its shards. Adapters, <see cref="LlamaModelOptions.PrefixCacheDirectory"/>, training, specialists and <see cref="File"/> need it; the rest works without.</param>
    /// <returns>The model, to be disposed by the caller, which leaves the weights alone.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="weights"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is not accepted or needs <paramref name="path"/>, or that file holds another model.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is damaged.</exception>
    /// <exception cref="LlamaModelException"><see cref="ContextLength"/> tokens need more memory than there is.</exception>
    /// <exception cref="LlamaRuntimeException">The native library is not the one that this package was made for.</exception>
    /// <exception cref="IOException"><see cref="LlamaModelOptions.PrefixCacheDirectory"/> could not be created.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public static LlamaModel From(LLamaWeights weights, LlamaModelOptions? options = null, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        LlamaModelOptions validated = (options ?? new LlamaModelOptions()).Validate();
        ObjectDisposedException.ThrowIf(weights.NativeHandle.IsClosed, weights);
        if (path is null && validated.PrefixCacheDirectory is not null)
        {
            throw new ArgumentException("PrefixCacheDirectory tells models apart by their files: pass the path of the weights, or leave it null.", nameof(path));
        }

        GgufFile? file = path is null ? null : GgufFile.ReadModel(path);
        LlamaRuntime.Load(new LlamaRuntimeOptions { LoggerFactory = validated.LoggerFactory });
        CreatePrefixFolder(validated);
        LlamaModel model = new(file?.Path, file, weights.NativeHandle, ownsHandle: false, validated);
        try
        {
            RequireSame(file, model, nameof(path));
            model.RequireContextFits();
            model.LogLoaded();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void RequireSame(GgufFile? file, LlamaModel model, string parameter)
    {
        if (file is null)
        {
            return;
        }

        (string What, object? Weights, object? File)[] compared =
        [
            ("general.architecture", model.Metadata("general.architecture"), file.Architecture),
            ("general.name", model.Metadata("general.name"), file.Name),
            ("vocabulary", model.VocabularySize, file.VocabularySize),
            ("embedding_length", model.EmbeddingLength, file.EmbeddingLength),
            ("block_count", model.Handle.LayerCount, file.BlockCount),
            ("general.file_type", model.Metadata("general.file_type"), file.Metadata.TryGetInt64("general.file_type", out long type) ? type.ToString(System.Globalization.CultureInfo.InvariantCulture) : null),
            ("size of the weights in bytes", model.SizeInBytes, file.Tensors.Sum(static t => t.SizeInBytes)),
        ];
        foreach ((string what, object? weights, object? named) in compared)
        {
            if (!Equals(weights, named))
            {
                throw new ArgumentException($"'{file.Path}' is not the file of these weights: its {what} is {named ?? "absent"}, and theirs {weights ?? "absent"}.", parameter);
            }
        }
    }
}
