using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>How many threads a step may use, from readings that are given.</summary>
public sealed class ThreadGovernorTests
{
    private const int Cores = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private ManualTimeProvider _time = null!;
    private CpuTimes? _reading;
    private int? _running;
    private ThreadGovernor _governor = null!;

    [SetUp]
    public void Create()
    {
        _time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        _reading = new CpuTimes(0, 0, 1);
        _running = null;
        _governor = new ThreadGovernor(1, Cores, _time, () => _reading, () => _running);
    }

    /// <summary>Lets a tenth of a second pass that is spent in one step of eight tokens, while the cores are idle for so many seconds a second.</summary>
    private int Step(double idle, double waiting = 0, double slowness = 1)
    {
        int used = _governor.Choose(8);
        _time.Advance(Interval);
        _governor.Report(8, used, (long)(slowness * Interval.TotalSeconds * _time.TimestampFrequency / used));
        _reading = _reading is { } r ? new CpuTimes(r.Idle + (idle * Interval.TotalSeconds), r.Waited + (waiting * Interval.TotalSeconds), 1) : null;
        return _governor.Choose(8);
    }

    [Test]
    public void An_idle_machine_gives_every_core()
    {
        Assert.That(Step(Cores - 1), Is.EqualTo(Cores));
        Assert.That(_governor.Choose(1), Is.EqualTo(1), "one token is decoded by as many threads as the model wants");
    }

    [TestCase(0, 1)]
    [TestCase(1, 2)]
    [TestCase(3, 4)]
    [TestCase(5, 6)]
    public void Fewer_idle_cores_give_fewer_threads(int idle, int expected) => Assert.That(Step(idle), Is.EqualTo(expected));

    [Test]
    public void A_thread_that_waits_for_its_core_is_left_alone()
    {
        Assert.That(Step(Cores - 1), Is.EqualTo(Cores));
        Assert.That(Step(idle: 0, waiting: 0.3), Is.EqualTo(1));
        Assert.That(Step(Cores - 1), Is.EqualTo(Cores), "and gets its cores back");
    }

    [TestCase(1, true)]
    [TestCase(1000, false)]
    [TestCase(null, false)]
    public void After_a_pause_cores_that_have_become_free_count(int? running, bool free)
    {
        Assert.That(Step(idle: 0), Is.EqualTo(1));
        _time.Advance(Interval);
        _running = running;
        Assert.That(_governor.Choose(8), free ? Is.EqualTo(Math.Min(Cores, Environment.ProcessorCount)) : Is.EqualTo(1));
    }

    [Test]
    public void A_step_that_collapses_leads_to_one_thread_for_a_while_that_doubles()
    {
        _ = Step(Cores - 1);
        _ = Step(Cores - 1, slowness: 100);
        Assert.That(_governor.Choose(8), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.That(Step(Cores - 1), Is.EqualTo(Cores));
    }

    [Test]
    public void Where_nothing_is_told_one_step_of_each_size_runs_on_one_thread_first()
    {
        ThreadGovernor blind = new(1, Cores, _time, () => null);
        Assert.That(blind.Choose(8), Is.EqualTo(1));
        blind.Report(8, 1, 1000);
        Assert.That(blind.Choose(8), Is.EqualTo(Cores));
        Assert.That(blind.Choose(200), Is.EqualTo(1));
    }

    [Test]
    public void The_idle_time_is_that_of_the_cores_that_the_process_may_use()
    {
        string[] stat = ["cpu  10 0 10 1000 200 0 0 0 0 0", "cpu0 1 0 1 100 0 0 0 0 0 0", "cpu1 1 0 1 300 100 0 0 0 0 0", "cpu2 1 0 1 600 100 0 0 0 0 0", "intr 12345"];
        Assert.That(CpuTimes.ReadIdle(stat, null), Is.EqualTo(12));
        Assert.That(CpuTimes.ReadIdle(stat, [0, 1]), Is.EqualTo(5));
        Assert.That(CpuTimes.ReadIdle(["nothing"], null), Is.Null);
        Assert.That(CpuTimes.ReadRunning([.. stat, "procs_running 3"], null), Is.EqualTo(3));
        Assert.That(CpuTimes.ReadRunning([.. stat, "procs_running 3"], [0, 1, 2]), Is.EqualTo(3));
        Assert.That(CpuTimes.ReadRunning([.. stat, "procs_running 3"], [0, 1]), Is.Null, "of another machine's cores");
        Assert.That(CpuTimes.ReadRunning(stat, null), Is.Null);
    }

    [TestCase("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [TestCase(" 5\n", new[] { 5 })]
    [TestCase("x", null)]
    [TestCase(null, null)]
    public void Lists_of_cores_are_read(string? list, int[]? expected) => Assert.That(CpuTimes.ParseList(list)?.Order(), Is.EqualTo(expected));

    [Test]
    public void This_system_tells_or_does_not()
    {
        CpuTimes? first = CpuTimes.Read();
        Assert.That(first is not null, Is.EqualTo(OperatingSystem.IsLinux()));
        if (first is { } times)
        {
            Assert.That(times.Idle, Is.GreaterThan(0));
            Assert.That(CpuTimes.Read()!.Value.Idle, Is.GreaterThanOrEqualTo(times.Idle));
        }
    }
}
