using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.TestKit;

/// <summary>What every passage index keeps. Derive a fixture for each; its own set-up gives every test storage of its own.</summary>
[TestFixture]
public abstract class PassageIndexContract
{
    private readonly List<IPassageIndex> _opened = [];

    /// <summary>Opens the test's index, which is created where it is not there yet. Each call opens the same storage once more.</summary>
    /// <param name="generator">The embedding model, or null for words alone.</param>
    protected abstract Task<IPassageIndex> OpenIndexAsync(IEmbeddingGenerator<string, Embedding<float>>? generator);

    protected static SourceDocument Fees { get; } = new("fees", "Card fees", "# Fees\nThe annual fee of the Silver card is $95. Foreign transactions cost 2.5 percent.") { Url = new Uri("https://bank.example/fees") };

    protected static SourceDocument Lost { get; } = new("help/lost-card.md", "Lost cards", "# A lost card\nReport a stolen or lost card at once. We block it and send a replacement within three days.");

    protected static SourceDocument Savings { get; } = new("savings", "Savings accounts", "Interest on savings is paid monthly. Withdrawals are free six times a month.");

    protected static IReadOnlyList<SourceDocument> Documents => [Fees, Lost, Savings];

    [TearDown]
    public async Task CloseAsync()
    {
        foreach (IPassageIndex index in _opened)
        {
            await (index is IAsyncDisposable asynchronous ? asynchronous.DisposeAsync() : ValueTask.CompletedTask);
            (index as IDisposable)?.Dispose();
        }

        _opened.Clear();
    }

    [Test]
    public async Task Counts_what_it_holds_and_names_its_model()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator("model-a", 32));
        Assert.That(await index.AddAsync(Documents), Is.EqualTo(3));
        PassageIndexInfo info = await index.GetInfoAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(info.DocumentCount, Is.EqualTo(3));
            Assert.That(info.PassageCount, Is.GreaterThanOrEqualTo(3));
            Assert.That(info.EmbeddingModel, Is.EqualTo("model-a"));
            Assert.That(info.Dimensions, Is.EqualTo(32));
        }
    }

    [Test]
    public async Task An_empty_index_finds_nothing([Values] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        Assert.That(await index.RetrieveAsync("a lost card", new() { Mode = mode }), Is.Empty);
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.Zero);
    }

    [Test]
    public async Task Finds_the_passage_that_answers([Values] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("My card was stolen and I want a replacement", new() { Mode = mode });
        Assert.That(found, Is.Not.Empty);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found[0].DocumentId, Is.EqualTo(Lost.Id));
            Assert.That(found[0].Title, Is.EqualTo(Lost.Title));
            Assert.That(Lost.Text.Substring(found[0].Start, found[0].Text.Length), Is.EqualTo(found[0].Text), "the offset locates the passage");
            Assert.That(found.Select(static p => p.Score), Is.Ordered.Descending);
        }
    }

    [Test]
    public async Task Keeps_the_address_of_a_document()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("annual fee of the Silver card");
        Assert.That(found[0].Url, Is.EqualTo(Fees.Url));
        Assert.That(found.Where(static p => p.DocumentId == Savings.Id).Select(static p => p.Url), Is.All.Null);
    }

    [Test]
    public async Task A_title_is_searched_too([Values(RetrievalMode.Words, RetrievalMode.Vectors)] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync([new("a", "Zebra crossings", "How to walk over the street."), new("b", "Traffic lights", "How to walk over the street.")]);
        Assert.That((await index.RetrieveAsync("zebra crossings", new() { Mode = mode }))[0].DocumentId, Is.EqualTo("a"));
    }

    [Test]
    public async Task Gives_as_many_as_are_asked_for([Values] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Enumerable.Range(0, 30).Select(static i => new SourceDocument($"d{i}", $"Card {i}", $"Everything about the card number {i} and its fee.")));
        foreach (int topK in new[] { 1, 7, 1000 })
        {
            IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("card fee", new() { TopK = topK, Mode = mode });
            Assert.That(found, Has.Count.EqualTo(Math.Min(topK, 30)));
            Assert.That(found.Select(static p => (p.DocumentId, p.Start)), Is.Unique);
        }
    }

    [TestCase("")]
    [TestCase("   \n\t ")]
    [TestCase("?!… -- ()")]
    [TestCase("\0")]
    public async Task A_query_without_a_word_finds_nothing(string query)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        foreach (RetrievalMode mode in Enum.GetValues<RetrievalMode>())
        {
            Assert.That(await index.RetrieveAsync(query, new() { Mode = mode }), Is.Empty, mode.ToString());
        }
    }

    [TestCase("lost card\" OR \"savings")]
    [TestCase("lost AND card NOT replacement NEAR(fees, 2)")]
    [TestCase("text : lost* card ^stolen {title} -fees +card")]
    [TestCase("lost'); DROP TABLE passages; -- card")]
    [TestCase("lost & card | !fees <-> (stolen:*)")]
    [TestCase("lost\0card %s $1 @p ?1 [a-z] \\ /")]
    public async Task Syntax_in_a_query_is_text(string query)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        foreach (RetrievalMode mode in Enum.GetValues<RetrievalMode>())
        {
            IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync(query, new() { Mode = mode });
            Assert.That(found.Select(static p => p.DocumentId), Does.Contain(Lost.Id), mode.ToString());
        }

        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(3));
    }

    [Test]
    public async Task Text_of_any_script_comes_back_as_it_was([Values(RetrievalMode.Words, RetrievalMode.Hybrid)] RetrievalMode mode)
    {
        SourceDocument[] documents =
        [
            new("größe", "Gebühren", "Die Gebühr beträgt 5 € für Überweisungen nach Übersee."),
            new("путь/к", "Карта", "Потерянную карту нужно заблокировать."),
            new("emoji 😀", "Smile 😀", "A smile 😀 costs nothing; naïve café owners agree."),
            new("quote'\"%_", "O'Brien \"x\"", "It's O'Brien's \"account\"; 100%_safe."),
        ];
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(documents);
        foreach ((string query, int expected) in new[] { ("Gebühr für Übersee", 0), ("заблокировать карту", 1), ("naïve café", 2), ("O'Brien's account", 3) })
        {
            RetrievedPassage first = (await index.RetrieveAsync(query, new() { Mode = mode }))[0];
            Assert.That((first.DocumentId, first.Title, first.Text), Is.EqualTo((documents[expected].Id, documents[expected].Title, documents[expected].Text)));
        }

        Assert.That(await index.RemoveAsync(documents.Select(static d => d.Id)), Is.EqualTo(4));
    }

    [Test]
    public async Task A_very_long_query_is_answered([Values] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        string query = string.Concat(Enumerable.Range(0, 2000).Select(static i => $"Sentence number {i} says nothing of use. ")) + "My card was stolen, I need a replacement card.";
        Assert.That(await index.RetrieveAsync(query, new() { Mode = mode }), Is.Not.Empty);
    }

    [Test]
    public async Task What_did_not_change_is_left_alone()
    {
        HashedEmbeddingGenerator generator = new();
        IPassageIndex index = await OpenAsync(generator);
        _ = await index.AddAsync(Documents);
        int before = generator.TextCount;
        Assert.That(await index.AddAsync(Documents), Is.Zero);
        Assert.That(generator.TextCount, Is.EqualTo(before), "no text is embedded twice");
    }

    [Test]
    public async Task A_changed_document_is_replaced()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        Assert.That(await index.AddAsync([Fees, Savings with { Text = "Gold bars are kept in the vault." }]), Is.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(3));
            Assert.That((await index.RetrieveAsync("gold bars vault", new() { Mode = RetrievalMode.Words }))[0].DocumentId, Is.EqualTo(Savings.Id));
            Assert.That(await index.RetrieveAsync("withdrawals", new() { Mode = RetrievalMode.Words }), Is.Empty);
            Assert.That((await index.RetrieveAsync("withdrawals interest monthly", new() { Mode = RetrievalMode.Vectors, TopK = 100 })).Select(static p => p.Text), Has.None.Contains("Withdrawals"));
        }
    }

    [Test]
    public async Task Within_one_call_the_last_document_of_an_id_stands()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync([Fees, Fees with { Text = "The moon is full." }]);
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(1));
        Assert.That((await index.RetrieveAsync("moon", new() { Mode = RetrievalMode.Words }))[0].Text, Is.EqualTo("The moon is full."));
    }

    [Test]
    public async Task What_is_removed_is_not_found([Values] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        Assert.That(await index.RemoveAsync([Lost.Id, "not there", Lost.Id]), Is.EqualTo(1));
        Assert.That((await index.RetrieveAsync("lost card", new() { Mode = mode, TopK = 100 })).Select(static p => p.DocumentId), Has.None.EqualTo(Lost.Id));
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(2));
    }

    [Test]
    public async Task Documents_without_text_or_title_are_taken()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        Assert.That(await index.AddAsync([new("empty", "", ""), new("title only", "Zebra", " \n "), new("untitled", "", "A lonely giraffe.")]), Is.EqualTo(3));
        Assert.That((await index.RetrieveAsync("giraffe"))[0].DocumentId, Is.EqualTo("untitled"));
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(3));
    }

    [Test]
    public async Task Bad_arguments_are_named_and_nothing_is_written()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        Assert.That(async () => await index.AddAsync(null!), Throws.ArgumentNullException);
        Assert.That(async () => await index.RemoveAsync(null!), Throws.ArgumentNullException);
        Assert.That(async () => await index.RetrieveAsync(null!), Throws.ArgumentNullException);
        Assert.That(async () => await index.AddAsync([new SourceDocument("", "t", "x")]), Throws.ArgumentException);
        Assert.That(async () => await index.AddAsync([null!]), Throws.ArgumentException);
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.Zero);
    }

    [Test]
    public async Task The_next_one_that_opens_it_finds_what_was_written([Values] RetrievalMode mode)
    {
        IPassageIndex first = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await first.AddAsync(Documents);
        await CloseAsync();
        IPassageIndex second = await OpenAsync(new HashedEmbeddingGenerator());
        Assert.That((await second.RetrieveAsync("stolen card replacement", new() { Mode = mode }))[0].DocumentId, Is.EqualTo(Lost.Id));
    }

    [Test]
    public async Task One_that_is_open_sees_what_another_writes([Values] RetrievalMode mode)
    {
        IPassageIndex reader = await OpenAsync(new HashedEmbeddingGenerator());
        IPassageIndex writer = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await writer.AddAsync([Fees]);
        Assert.That((await reader.RetrieveAsync("fee of the card", new() { Mode = mode })).Select(static p => p.DocumentId), Does.Contain(Fees.Id));
        _ = await writer.AddAsync([Lost]);
        Assert.That((await reader.RetrieveAsync("stolen card replacement", new() { Mode = mode }))[0].DocumentId, Is.EqualTo(Lost.Id));
        _ = await writer.RemoveAsync([Lost.Id]);
        Assert.That((await reader.RetrieveAsync("stolen card replacement", new() { Mode = mode })).Select(static p => p.DocumentId), Has.None.EqualTo(Lost.Id));
    }

    [Test]
    public async Task Readers_are_served_while_a_writer_writes()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        IPassageIndex other = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        Task<int> writing = Task.Run(() => other.AddAsync(Enumerable.Range(0, 200).Select(static i => new SourceDocument($"more {i}", $"More {i}", $"Words about thing {i}."))));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.That((await index.RetrieveAsync("stolen card replacement"))[0].DocumentId, Is.EqualTo(Lost.Id));
            }
        })));
        Assert.That(await writing, Is.EqualTo(200));
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(203));
    }

    [Test]
    public async Task Two_writers_at_once_both_write()
    {
        IPassageIndex a = await OpenAsync(new HashedEmbeddingGenerator());
        IPassageIndex b = await OpenAsync(new HashedEmbeddingGenerator());
        int[] written = await Task.WhenAll(new[] { (a, "a"), (a, "b"), (b, "c") }.Select(static w => Task.Run(() =>
            w.Item1.AddAsync(Enumerable.Range(0, 40).Select(i => new SourceDocument($"{w.Item2}{i}", "", $"Text {i} of writer {w.Item2}."))))));
        Assert.That(written, Is.All.EqualTo(40));
        Assert.That((await a.GetInfoAsync()).DocumentCount, Is.EqualTo(120));
    }

    [Test]
    public async Task Cancelling_keeps_what_was_committed()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        using CancellationTokenSource source = new();
        int reported = 0;
        Progress progress = new(n =>
        {
            reported = n;
            source.Cancel();
        });
        Assert.That(
            async () => await index.AddAsync(Enumerable.Range(0, 5000).Select(static i => new SourceDocument($"d{i}", "", $"Text number {i}.")), progress, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        int count = (await index.GetInfoAsync()).DocumentCount;
        Assert.That(reported, Is.GreaterThan(0));
        Assert.That(count, Is.InRange(reported, 4999), "what was reported is there");
        Assert.That((await index.RetrieveAsync("text number 0", new() { Mode = RetrievalMode.Words })), Is.Not.Empty);
    }

    [Test]
    public async Task A_cancelled_token_is_heeded_before_any_work()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        CancellationToken cancelled = new(canceled: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await index.AddAsync([new("x", "x", "x")], null, cancelled), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(async () => await index.RemoveAsync([Fees.Id], cancelled), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(async () => await index.RetrieveAsync("card", null, cancelled), Throws.InstanceOf<OperationCanceledException>());
            Assert.That((await index.GetInfoAsync(CancellationToken.None)).DocumentCount, Is.EqualTo(3));
        }
    }

    [Test]
    public async Task Progress_counts_the_documents_that_are_written()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        List<int> reports = [];
        _ = await index.AddAsync(Documents, new Progress(reports.Add));
        Assert.That(reports, Is.Ordered.Ascending);
        Assert.That(reports[^1], Is.EqualTo(3));
    }

    [Test]
    public async Task Words_alone_need_no_model()
    {
        IPassageIndex index = await OpenAsync(null);
        _ = await index.AddAsync(Documents);
        PassageIndexInfo info = await index.GetInfoAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((info.EmbeddingModel, info.Dimensions), Is.EqualTo(((string?)null, 0)));
            Assert.That((await index.RetrieveAsync("stolen card replacement"))[0].DocumentId, Is.EqualTo(Lost.Id));
            Assert.That((await index.RetrieveAsync("stolen card replacement", new() { Mode = RetrievalMode.Words }))[0].DocumentId, Is.EqualTo(Lost.Id));
        }
    }

    [Test]
    public async Task Vectors_of_an_index_of_words_are_refused([Values(RetrievalMode.Vectors, RetrievalMode.Hybrid)] RetrievalMode mode)
    {
        IPassageIndex index = await OpenAsync(null);
        _ = await index.AddAsync(Documents);
        Assert.That(async () => await index.RetrieveAsync("card", new() { Mode = mode }), Refusal(PassageIndexError.NoVectors));
    }

    [Test]
    public async Task An_index_of_words_takes_no_vectors_afterwards()
    {
        IPassageIndex words = await OpenAsync(null);
        _ = await words.AddAsync(Documents);
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        Assert.That(async () => await index.AddAsync([new("x", "x", "x")]), Refusal(PassageIndexError.OtherEmbeddingModel));
        Assert.That((await index.RetrieveAsync("stolen card"))[0].DocumentId, Is.EqualTo(Lost.Id), "words can still be searched");
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(3));
    }

    [TestCase("other", 64, 2166136261u, TestName = "Another_model_is_refused(other name)")]
    [TestCase("hashed", 48, 2166136261u, TestName = "Another_model_is_refused(other dimensions)")]
    [TestCase("hashed", 64, 77u, TestName = "Another_model_is_refused(other weights)")]
    public async Task Another_model_is_refused(string name, int dimensions, uint seed)
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator());
        _ = await index.AddAsync(Documents);
        using HashedEmbeddingGenerator foreign = new(name, dimensions, seed);
        // The refusal may come at opening already.
        Assert.That(async () => await (await OpenAsync(foreign)).AddAsync([new("x", "x", "x")]), Refusal(PassageIndexError.OtherEmbeddingModel));
        Assert.That(async () => await (await OpenAsync(foreign)).RetrieveAsync("card", new() { Mode = RetrievalMode.Hybrid }), Refusal(PassageIndexError.OtherEmbeddingModel));
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(3));
    }

    [Test]
    public async Task An_index_with_vectors_says_that_it_needs_its_model()
    {
        IPassageIndex index = await OpenAsync(new HashedEmbeddingGenerator("model-a"));
        _ = await index.AddAsync(Documents);
        IPassageIndex without = await OpenAsync(null);
        Assert.That(async () => await without.AddAsync([new("x", "x", "x")]), Refusal(PassageIndexError.EmbeddingModelNeeded).With.Message.Contains("model-a"));
        Assert.That(async () => await without.RetrieveAsync("card"), Refusal(PassageIndexError.EmbeddingModelNeeded).With.Message.Contains("model-a"));
        Assert.That((await without.RetrieveAsync("stolen card", new() { Mode = RetrievalMode.Words }))[0].DocumentId, Is.EqualTo(Lost.Id), "words need no model");
    }

    [Test]
    public async Task A_failing_model_loses_nothing()
    {
        using HashedEmbeddingGenerator generator = new();
        IPassageIndex index = await OpenAsync(generator);
        _ = await index.AddAsync(Documents);
        generator.OnBatch = static _ => throw new InvalidOperationException("model down");
        Assert.That(async () => await index.AddAsync([Fees with { Text = "Changed." }]), Throws.InvalidOperationException.With.Message.EqualTo("model down"));
        Assert.That((await index.RetrieveAsync("annual fee", new() { Mode = RetrievalMode.Words }))[0].DocumentId, Is.EqualTo(Fees.Id));
    }

    /// <summary>Opens the index; the tear-down closes it.</summary>
    protected async Task<IPassageIndex> OpenAsync(IEmbeddingGenerator<string, Embedding<float>>? generator)
    {
        IPassageIndex index = await OpenIndexAsync(generator);
        _opened.Add(index);
        return index;
    }

    protected static NUnit.Framework.Constraints.EqualConstraint Refusal(PassageIndexError error) =>
        Throws.InstanceOf<PassageIndexException>().With.Property(nameof(PassageIndexException.Error)).EqualTo(error);

    /// <summary>Reports on the caller's thread, unlike <see cref="Progress{T}"/>.</summary>
    protected sealed class Progress(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
