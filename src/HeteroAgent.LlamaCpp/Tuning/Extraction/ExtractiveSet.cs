using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Examples to train an extractive model with. Immutable and thread-safe.</summary>
public sealed class ExtractiveSet
{
    private ExtractiveSet(IReadOnlyList<ExtractiveExample> examples, IReadOnlyList<RejectedLine> rejected, ExtractionSchema schema)
    {
        Examples = examples;
        Rejected = rejected;
        Schema = schema;
    }

    /// <summary>Gets the examples. Their spans start and end with words.</summary>
    public IReadOnlyList<ExtractiveExample> Examples { get; }

    /// <summary>Gets the tools with their slots, each in ordinal order.</summary>
    public IReadOnlyList<ExtractiveTool> Tools => Schema.Tools;

    /// <summary>Gets the slots whose values are of a closed set, ordered by tool and slot.</summary>
    public IReadOnlyList<ClosedSlot> ClosedSlots => Schema.Closed;

    /// <summary>Gets the examples that do not fit, by line, with the reasons.</summary>
    public IReadOnlyList<RejectedLine> Rejected { get; }

    /// <summary>Tools, slots and words as the model will know them.</summary>
    internal ExtractionSchema Schema { get; }

    /// <summary>Makes a set of examples whose spans are known. A span that ends inside a word is extended to it.</summary>
    /// <param name="examples">The examples, at least one. A slot may have several spans here, though a model finds at most one.</param>
    /// <returns>The set. Examples without a word, and those whose spans overlap once extended, are in <see cref="Rejected"/>.</returns>
    /// <exception cref="TuningSetException">No example is left, a tool has more than 64 slots of words, a closed set has more than 64 members, there are more than 256 closed sets, a slot of a tool is both, or a closed set holds a lone surrogate.</exception>
    public static ExtractiveSet FromExamples(IEnumerable<ExtractiveExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        WordSplitter splitter = new(WordSplitter.UsualPattern);
        List<ExtractiveExample> aligned = [];
        List<RejectedLine> rejected = [];
        foreach (ExtractiveExample example in examples)
        {
            List<(int Start, int Length)> words = splitter.Split(example.Request);
            SlotSpan[] spans = [.. example.Spans.Select(s => SpanAlignment.Extend(s, words)).OfType<SlotSpan>()];
            bool sound = words.Count > 0 && spans.Length == example.Spans.Count && spans.Zip(spans.Skip(1)).All(p => p.First.End <= p.Second.Start);
            if (sound)
            {
                aligned.Add(spans.SequenceEqual(example.Spans) ? example : new ExtractiveExample(example.Request, example.Tool, spans) { Closed = example.Closed, Line = example.Line });
            }
            else
            {
                rejected.Add(new RejectedLine(example.Line, "the request holds no word, a value holds none, or two values share one"));
            }
        }

        ClosedSlot[] closed = [.. aligned.SelectMany(e => e.Closed.Select(c => (e.Tool, Slot: c.Key, c.Value)))
            .GroupBy(c => (c.Tool, c.Slot))
            .Select(g => new ClosedSlot(g.Key.Tool, g.Key.Slot, [.. g.Select(c => c.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))];
        return Create(aligned, closed, rejected, splitter);
    }

    internal static ExtractiveSet Create(IReadOnlyList<ExtractiveExample> examples, IReadOnlyList<ClosedSlot> closed, IReadOnlyList<RejectedLine> rejected, WordSplitter splitter)
    {
        if (examples.Count == 0)
        {
            throw new TuningSetException(TuningSetError.TooFewExamples, $"No example fits extraction, which reads values that stand in the request or are of a closed set.{string.Concat(rejected.Take(3).Select(r => $" Line {r.Number}: {r.Reason}."))}", rejected);
        }

        ExtractiveTool[] tools = [.. examples.GroupBy(e => e.Tool, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ExtractiveTool(g.Key, [.. g.SelectMany(e => e.Spans.Select(s => s.Slot)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))];
        if (Array.Find(tools, t => t.Slots.Count > ExtractionSchema.MostSlotsPerTool) is { } large)
        {
            throw new TuningSetException(TuningSetError.TooManySlots, $"The tool '{large.Name}' has {large.Slots.Count} slots; at most {ExtractionSchema.MostSlotsPerTool} were expected.");
        }

        ClosedSlot[] sets = Checked(closed, tools);
        return new ExtractiveSet(
            examples,
            rejected,
            ExtractionSchema.Parse(ExtractionSchema.Write(tools), splitter.Pattern, sets.Length > 0 ? ClosedSlotMetadata.Write(sets) : null));
    }

    /// <summary>The closed slots of the tools that are left, in their order.</summary>
    private static ClosedSlot[] Checked(IReadOnlyList<ClosedSlot> closed, ExtractiveTool[] tools)
    {
        ClosedSlot[] sets = [.. closed.Select(c => c with { Members = [.. c.Members.Where(m => m.Length > 0)] })
            .Where(c => c.Members.Count > 0 && Array.Exists(tools, t => t.Name == c.Tool))
            .OrderBy(c => c.Tool, StringComparer.Ordinal).ThenBy(c => c.Slot, StringComparer.Ordinal)];
        if (sets.Length > ClosedSlotMetadata.MostSlots)
        {
            throw new TuningSetException(TuningSetError.TooManySlots, $"There are {sets.Length} slots of closed sets; at most {ClosedSlotMetadata.MostSlots} were expected.");
        }

        if (Array.Find(sets, c => c.Members.Count > ClosedSlot.MostMembers) is { } large)
        {
            throw new TuningSetException(TuningSetError.TooManySlots, $"The closed set '{large.Slot}' of '{large.Tool}' has {large.Members.Count} members; at most {ClosedSlot.MostMembers} were expected.");
        }

        if (Array.Find(sets, c => c.Members.Append(c.Slot).Any(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text)) is { } broken)
        {
            throw new TuningSetException(TuningSetError.AmbiguousSlot, $"The closed set '{broken.Slot}' of '{broken.Tool}' has a lone surrogate in its name or in a member; well-formed text was expected.");
        }

        return Array.Find(sets, c => Array.Exists(tools, t => t.Name == c.Tool && t.Slots.Contains(c.Slot))) is { } both
            ? throw new TuningSetException(TuningSetError.AmbiguousSlot, $"The slot '{both.Slot}' of '{both.Tool}' has values that stand in the requests and values of a closed set; one of the two was expected.")
            : sets;
    }

    /// <summary>The words of an example and the label of each, numbered as in <see cref="ExtractionSchema"/>.</summary>
    /// <exception cref="ArgumentException">The example has a slot that the schema does not know.</exception>
    internal static ((int Start, int Length)[] Words, int[] Labels) Label(ExtractiveExample example, ExtractionSchema schema)
    {
        (int Start, int Length)[] words = [.. schema.Words.Split(example.Request)];
        int[] labels = new int[words.Length];
        foreach (SlotSpan span in example.Spans)
        {
            int slot = Array.BinarySearch(schema.Slots, span.Slot, StringComparer.Ordinal);
            if (slot < 0)
            {
                throw new ArgumentException($"The slot '{span.Slot}' is unknown; the slots are {string.Join(", ", schema.Slots)}.", nameof(example));
            }

            bool first = true;
            for (int word = 0; word < words.Length; word++)
            {
                if (words[word].Start < span.End && words[word].Start + words[word].Length > span.Start)
                {
                    labels[word] = first ? ExtractionSchema.FirstSlot + slot : ExtractionSchema.Inside;
                    first = false;
                }
            }
        }

        return (words, labels);
    }
}
