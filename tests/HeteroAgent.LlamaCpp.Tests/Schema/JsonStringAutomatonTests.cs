using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class JsonStringAutomatonTests
{
    // At and beside the borders between the lengths of UTF-8, and of its forbidden ranges.
    private static readonly int[] Borders = [0x00, 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0x7FF, 0x800, 0x905, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x1F600, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF];

    [Test]
    public void Every_character_outside_a_range_is_left_out_and_every_other_is_read() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.Elements(Borders).Three().Zip(Gen.Choose(-1, 1).Three()).ToArbitrary(), sample =>
        {
            ((int a, int b, int c), (int x, int y, int z)) = sample;
            (int first, int last) = (Scalar(Math.Min(a + x, b + y)), Scalar(Math.Max(a + x, b + y)));
            int tried = Scalar(c + z);
            ByteAutomaton automaton = JsonStringAutomaton.Build(TextAutomaton.Build(0, state => state == 0 ? [(first, last, 1)] : [], state => state == 1));
            return Reads(automaton, new Rune(tried).ToString()) == (tried >= first && tried <= last);
        }));

    [Test]
    public void Any_text_may_stand_where_any_is_allowed() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.ListOf(Gen.Elements(Borders)).ToArbitrary(), runes =>
            Reads(JsonStringAutomaton.Build(TextAutomaton.Any), string.Concat(runes.Select(r => new Rune(r))))));

    [Test]
    public void Plain_text_loops_where_any_may_stand()
    {
        ByteAutomaton automaton = JsonStringAutomaton.Build(TextAutomaton.Any.Except(TextAutomaton.OfTexts(["ab"])));
        int body = Follow(automaton, "\"x"u8);
        Assert.That(automaton.IsPlainLoop(body), Is.True);
        Assert.That(automaton.IsPlainLoop(Follow(automaton, "\"a"u8)), Is.False);
        Assert.That(automaton.IsPlainLoop(Follow(automaton, "\"xé\\"u8)), Is.False);
    }

    private static int Scalar(int value) => Math.Clamp(value is >= 0xD800 and < 0xE000 ? 0xE000 : value, 0, 0x10FFFF);

    private static bool Reads(ByteAutomaton automaton, string text)
    {
        int state = Follow(automaton, JsonText.String(text));
        return state >= 0 && automaton.Accepts(state);
    }

    private static int Follow(ByteAutomaton automaton, ReadOnlySpan<byte> text)
    {
        int state = 0;
        foreach (byte value in text)
        {
            state = state < 0 ? -1 : automaton.Next(state, value);
        }

        return state;
    }
}
