namespace HeteroAgent.LlamaCpp;

/// <summary>Checks the numbers that shape a model, wherever libllama would divide by them, allocate by them or assert on them.</summary>
internal static class HyperparameterCheck
{
    private const int MaxBlocks = 512;
    private const int MaxExperts = 512;
    private const long MaxLength = 1L << 30;

    private static readonly string[] Epsilons = ["attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "attention.group_norm_epsilon"];
    private static readonly string[] PositiveReals = ["rope.freq_base", "rope.freq_base_swa", "rope.scaling.factor", "rope.scale_linear", "rope.scaling.attn_factor"];
    private static readonly string[] FiniteReals = ["attention.scale", "attention.max_alibi_bias", "attention.clamp_kqv", "logit_scale", "embedding_scale", "residual_scale", "attn_logit_softcapping", "final_logit_softcapping", "expert_weights_scale"];
    private static readonly string[] AlwaysExperts = ["bailingmoe2", "glm4moe", "grovemoe", "llada-moe", "smallthinker"];
    private static readonly string[] RopeScalings = ["none", "linear", "yarn", "longrope"];

    public static void Run(GgufFile file)
    {
        long blocks = Required(file, "block_count", MaxBlocks);
        Required(file, "context_length", MaxLength);
        long width = Required(file, "embedding_length", MaxLength);
        if (IsTransformer(file))
        {
            RequireHeads(file, blocks, width);
        }

        RequireReals(file);
        RequireExperts(file);
        RequireRope(file, width);
        Optional(file, "nextn_predict_layers", 0, blocks);
        Optional(file, "pooling_type", -1, 4);
    }

    // The two architectures whose tensors are checked one by one have attention in every block.
    public static bool IsTransformer(GgufFile file) => file.Architecture is "llama" or "bert";

    private static string Key(GgufFile file, string name) => $"{file.Architecture}.{name}";

    private static long Required(GgufFile file, string name, long most)
    {
        string key = Key(file, name);
        if (!file.Metadata.TryGetInt64(key, out long value))
        {
            throw RunnableCheck.Incoherent(file, file.Metadata.TryGetType(key, out GgufValueType type) ? $"'{key}' must be an integer and is a {type}" : $"'{key}' is missing; a model of architecture '{file.Architecture}' needs it");
        }

        return value >= 1 && value <= most ? value : throw Outside(file, key, value, 1, most);
    }

    private static IReadOnlyList<long> Optional(GgufFile file, string name, long least, long most)
    {
        string key = Key(file, name);
        if (!file.Metadata.TryGetType(key, out GgufValueType type))
        {
            return [];
        }

        IReadOnlyList<long> values = file.Metadata.TryGetInt64(key, out long one) ? [one]
            : file.Metadata.TryGetIntegers(key, out IReadOnlyList<long>? several) ? several
            : throw RunnableCheck.Incoherent(file, $"'{key}' must be an integer or an array of integers and is a {type}");
        foreach (long value in values)
        {
            if (value < least || value > most)
            {
                throw Outside(file, key, value, least, most);
            }
        }

        return values;
    }

    private static GgufException Outside(GgufFile file, string key, long value, long least, long most) =>
        RunnableCheck.Incoherent(file, $"'{key}' is {value}; {least} to {most} are accepted");

    private static void RequireHeads(GgufFile file, long blocks, long width)
    {
        IReadOnlyList<long> heads = Optional(file, "attention.head_count", 1, width);
        IReadOnlyList<long> kv = Optional(file, "attention.head_count_kv", 1, width);
        string key = Key(file, "attention.head_count");
        if (heads.Count == 0)
        {
            throw RunnableCheck.Incoherent(file, $"'{key}' is missing; a model of architecture '{file.Architecture}' needs it");
        }

        foreach ((string name, int count) in ((string, int)[])[(key, heads.Count), (key + "_kv", kv.Count)])
        {
            if (count > 1 && count != blocks)
            {
                throw RunnableCheck.Incoherent(file, $"'{name}' has {count} entries for {blocks} blocks");
            }
        }

        bool ownLength = file.Metadata.Contains(Key(file, "attention.key_length"));
        for (int i = 0; i < Math.Max(heads.Count, kv.Count); i++)
        {
            long head = heads[heads.Count == 1 ? 0 : i];
            long shared = kv.Count == 0 ? head : kv[kv.Count == 1 ? 0 : i];
            if (head % shared != 0)
            {
                throw RunnableCheck.Incoherent(file, $"{head} attention heads cannot share {shared} key-value heads: the one must divide the other");
            }

            if (!ownLength && width % head != 0)
            {
                throw RunnableCheck.Incoherent(file, $"an embedding of {width} numbers cannot be divided among {head} attention heads");
            }
        }

        Optional(file, "attention.key_length", 1, MaxLength);
        Optional(file, "attention.value_length", 1, MaxLength);
        Optional(file, "feed_forward_length", 0, MaxLength);
    }

    private static void RequireReals(GgufFile file)
    {
        RequireEach(file, Epsilons, e => e >= 0, "a finite number that is not negative");
        RequireEach(file, PositiveReals, r => r >= 0, "a finite number that is not negative");
        RequireEach(file, FiniteReals, _ => true, "a finite number");
    }

    private static void RequireEach(GgufFile file, string[] names, Func<float, bool> accepts, string accepted)
    {
        foreach (string key in names.Select(name => Key(file, name)))
        {
            if (file.Metadata.TryGetType(key, out GgufValueType type)
                && !(file.Metadata.TryGetFloat(key, out float value) && float.IsFinite(value) && accepts(value)))
            {
                throw RunnableCheck.Incoherent(file, $"'{key}' must be {accepted} and is {(file.Metadata.TryGetFloat(key, out float bad) ? bad : type)}");
            }
        }
    }

    private static void RequireExperts(GgufFile file)
    {
        long experts = Optional(file, "expert_count", 0, MaxExperts).DefaultIfEmpty(0).Max();
        if (experts == 0 && AlwaysExperts.Contains(file.Architecture))
        {
            throw RunnableCheck.Incoherent(file, $"a model of architecture '{file.Architecture}' has experts, and '{Key(file, "expert_count")}' is missing or 0");
        }

        long used = Optional(file, "expert_used_count", experts > 0 ? 1 : 0, experts).DefaultIfEmpty(0).Max();
        if (experts > 0 && used == 0)
        {
            throw RunnableCheck.Incoherent(file, $"the model has {experts} experts a block, and '{Key(file, "expert_used_count")}' is missing");
        }

        long groups = Optional(file, "expert_group_count", 0, experts == 0 ? 0 : experts - 1).DefaultIfEmpty(0).Max();
        if (groups > 1)
        {
            long usedGroups = Optional(file, "expert_group_used_count", 1, groups - 1).DefaultIfEmpty(0).Max();
            if (experts % groups != 0 || usedGroups == 0)
            {
                throw RunnableCheck.Incoherent(file, $"{experts} experts cannot be divided into {groups} groups of which {usedGroups} are used");
            }
        }
    }

    private static void RequireRope(GgufFile file, long width)
    {
        string key = Key(file, "rope.scaling.type");
        if (file.Metadata.TryGetType(key, out GgufValueType type)
            && !(file.Metadata.TryGetString(key, out string? scaling) && RopeScalings.Contains(scaling)))
        {
            throw RunnableCheck.Incoherent(file, $"'{key}' must be one of {string.Join(", ", RopeScalings)} and is {(file.Metadata.TryGetString(key, out string? text) ? $"'{text}'" : type)}");
        }

        IReadOnlyList<long> sections = Optional(file, "rope.dimension_sections", 0, 1 << 16);
        if (sections.Take(3).Sum() == 0 && (sections.Count > 0 || file.Architecture == "paddleocr"))
        {
            throw RunnableCheck.Incoherent(file, $"'{Key(file, "rope.dimension_sections")}' must divide each head's numbers; the file has {(sections.Count == 0 ? "none" : "zeros")}");
        }

        Optional(file, "rope.dimension_count", 0, Math.Max(width, 1 << 16));
        Optional(file, "rope.scaling.original_context_length", 0, MaxLength);
    }
}
