using System.Diagnostics;
using HeteroAgent.TestKit;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Sqlite.Tests;

public sealed class SqlitePassageIndexTests
{
    private string _folder = null!;

    private string File => Path.Combine(_folder, "test.index");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("heteroagent-index-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<SourceDocument> Many(int count) => Enumerable.Range(0, count).Select(static i => new SourceDocument($"d{i}", $"Title {i}", $"Text about thing number {i} and its fee."));

    private static async Task<PassageIndexException> RefusedAsync(Func<Task> call) => (await Assert.CatchAsync<PassageIndexException>(() => call()))!;

    [Test]
    public async Task A_killed_process_leaves_what_it_reported_and_an_index_that_works()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "HeteroAgent.IndexProbe.dll"), File]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        int reported = 0;
        while (reported < 300)
        {
            reported = int.Parse((await process.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        }

        process.Kill();
        await process.WaitForExitAsync();
        using HashedEmbeddingGenerator generator = new();
        using SqlitePassageIndex index = new(File, generator);
        PassageIndexInfo info = await index.GetInfoAsync();
        Assert.That(info.DocumentCount, Is.GreaterThanOrEqualTo(reported).And.LessThan(100_000));
        Assert.That(info.PassageCount, Is.EqualTo(info.DocumentCount));
        Assert.That((await index.RetrieveAsync("thing number 7")).Count, Is.EqualTo(4));
        Assert.That(await index.AddAsync(Many(10)), Is.Zero, "what was committed is not done again");
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        Assert.That(connection.Scalar<string>("PRAGMA integrity_check"), Is.EqualTo("ok"));
        Assert.That(connection.Scalar<long>("SELECT count(*) FROM words"), Is.EqualTo(info.PassageCount));
        Assert.That(connection.Scalar<long>("SELECT count(*) FROM vectors"), Is.EqualTo(info.PassageCount));
    }

    [Test]
    public async Task A_writer_that_waits_too_long_is_refused_and_readers_go_on()
    {
        using SqlitePassageIndex index = new(File, options: new() { BusyTimeout = TimeSpan.FromSeconds(1) });
        _ = await index.AddAsync(Many(3));
        using (SqliteConnection other = new($"Data Source={File};Pooling=False"))
        {
            other.Open();
            using SqliteTransaction transaction = other.BeginTransaction(deferred: false);
            Assert.That((await RefusedAsync(() => index.AddAsync([new("x", "x", "x")]))).Error, Is.EqualTo(PassageIndexError.Busy));
            Assert.That((await index.RetrieveAsync("thing")).Count, Is.EqualTo(3));
        }

        Assert.That(await index.AddAsync([new("x", "x", "x")]), Is.EqualTo(1));
    }

    [TestCase("not a database, but long enough to have a header of a hundred bytes; not a database, but long enough to have a header")]
    [TestCase("short")]
    public async Task A_file_of_something_else_is_refused_and_left_alone(string content)
    {
        System.IO.File.WriteAllText(File, content);
        using SqlitePassageIndex index = new(File);
        Assert.That((await RefusedAsync(() => index.AddAsync(Many(1)))).Error, Is.EqualTo(PassageIndexError.NotAnIndex));
        Assert.That((await RefusedAsync(async () => await index.RetrieveAsync("thing"))).Error, Is.EqualTo(PassageIndexError.NotAnIndex));
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo(content));
    }

    [TestCase("CREATE TABLE mine (x)", PassageIndexError.NotAnIndex)]
    [TestCase("PRAGMA application_id = 7", PassageIndexError.NotAnIndex)]
    [TestCase("PRAGMA application_id = 1212239945; PRAGMA user_version = 99", PassageIndexError.UnsupportedVersion)]
    [TestCase("PRAGMA application_id = 1212239945; PRAGMA user_version = 1", PassageIndexError.Damaged)]
    public async Task Another_database_is_refused(string sql, PassageIndexError error)
    {
        using (SqliteConnection connection = new($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            _ = connection.Execute(sql);
        }

        using SqlitePassageIndex index = new(File);
        Assert.That((await RefusedAsync(() => index.GetInfoAsync())).Error, Is.EqualTo(error));
    }

    [Test]
    public async Task Damage_never_ends_in_anything_but_a_typed_refusal()
    {
        using (SqlitePassageIndex index = new(File))
        {
            _ = await index.AddAsync(Many(200));
        }

        byte[] sound = System.IO.File.ReadAllBytes(File);
        Random random = new(7);
        for (int round = 0; round < 20; round++)
        {
            byte[] damaged = round < 4 ? sound[..(sound.Length * (round + 1) / 5)] : [.. sound];
            for (int i = 0; round >= 4 && i < 400; i++)
            {
                damaged[random.Next(100, damaged.Length)] = (byte)random.Next(256);
            }

            string file = Path.Combine(_folder, $"damaged{round}.index");
            System.IO.File.WriteAllBytes(file, damaged);
            using SqlitePassageIndex index = new(file);
            try
            {
                _ = await index.RetrieveAsync("thing number 7 fee", new() { TopK = 100 });
                _ = await index.AddAsync(Many(5));
            }
            catch (PassageIndexException)
            {
                // The refusal that is wanted; anything else fails the test.
            }
        }
    }

    [TestCase("/proc/heteroagent.index")]
    [TestCase("/nonexistent/folder/x.index")]
    public async Task A_place_that_cannot_be_written_is_named(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The paths are Linux's.");
        }

        using SqlitePassageIndex index = new(path);
        PassageIndexException refused = await RefusedAsync(() => index.AddAsync(Many(1)));
        Assert.That((refused.Error, refused.Index), Is.EqualTo((PassageIndexError.Inaccessible, path)));
    }

    [Test]
    public void A_path_and_a_timeout_are_checked()
    {
        Assert.That(static () => new SqlitePassageIndex(" "), Throws.ArgumentException);
        Assert.That(static () => new SqlitePassageIndexOptions { BusyTimeout = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task A_disposed_index_refuses()
    {
        SqlitePassageIndex index = new(File);
        index.Dispose();
        index.Dispose();
        Assert.That(async () => await index.RetrieveAsync("x"), Throws.InstanceOf<ObjectDisposedException>());
        await Task.CompletedTask;
    }

    [Test]
    public void The_scan_of_codes_finds_nearly_what_the_exact_search_finds([Values(384, 50)] int dimensions)
    {
        Random random = new(3);
        float[] Vector() => [.. Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1))];
        using SqliteConnection connection = new("Data Source=:memory:");
        using (new IndexFile(File, TimeSpan.FromSeconds(1)))
        {
            connection.Open();
        }

        _ = connection.Execute("CREATE TABLE vectors (passage INTEGER PRIMARY KEY, vector BLOB)");
        float[][] vectors = [.. Enumerable.Range(0, 3000).Select(_ => Vector())];
        for (int i = 0; i < vectors.Length; i++)
        {
            _ = connection.Execute("INSERT INTO vectors VALUES ($1, $2)", i + 1, IndexState.Bytes(vectors[i]));
        }

        VectorTable table = VectorTable.Read(connection, new(1, 0, new("m", new float[dimensions])), null);
        float[][] queries = [.. Enumerable.Range(0, 20).Select(_ => Vector())];
        List<long>[] near = table.Nearest(queries, 15, default);
        double found = queries.Select((q, i) => Enumerable.Range(0, vectors.Length).OrderByDescending(v => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(q, vectors[v])).Take(10).Count(v => near[i].Contains(v + 1))).Sum() / 200.0;
        Assert.That(found, Is.GreaterThanOrEqualTo(0.98));
    }
}
