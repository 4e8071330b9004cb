using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class StopSequencesTests
{
    // Few letters, so that starts of stops, overlaps and repetitions are frequent; one of them is two bytes long.
    private static readonly Gen<string> Text = Gen.Elements("a", "b", "ab", "ü").ListOf().Select(string.Concat);

    private static readonly Gen<(string[] Stops, string[] Pieces)> Cases = Gen.Zip(Text.ArrayOf(), Text.ArrayOf());

    [Test]
    public void What_is_released_is_the_text_up_to_the_first_stop() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            (string shown, bool stopped, string seen) = Run(c.Stops, [.. c.Pieces.Select(Encoding.UTF8.GetBytes)]);
            int first = First(seen, c.Stops);
            return stopped == (first >= 0) && shown == (first >= 0 ? seen[..first] : seen);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Test]
    public void Byte_by_byte_the_stop_that_completes_first_is_found() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            byte[][] bytes = [.. Encoding.UTF8.GetBytes(string.Concat(c.Pieces)).Select(b => new[] { b })];
            (string shown, bool stopped, string seen) = Run(c.Stops, bytes);
            int first = First(seen, c.Stops);
            return stopped == (First(string.Concat(c.Pieces), c.Stops) >= 0) && shown == (first >= 0 ? seen[..first] : seen);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Test]
    public void Nothing_is_held_back_that_cannot_become_a_stop()
    {
        StopSequences stops = new(["abc", "b!"]);
        Assert.That(Encoding.UTF8.GetString(stops.Append("xab"u8, out _).Span), Is.EqualTo("x"));
        Assert.That(Encoding.UTF8.GetString(stops.Append("d"u8, out bool stopped).Span), Is.EqualTo("abd"));
        Assert.That(stopped, Is.False);
    }

    private static (string Shown, bool Stopped, string Seen) Run(string[] stops, byte[][] pieces)
    {
        StopSequences sequences = new(stops);
        List<byte> shown = [];
        List<byte> seen = [];
        bool stopped = false;
        foreach (byte[] piece in pieces)
        {
            seen.AddRange(piece);
            shown.AddRange(sequences.Append(piece, out stopped).Span);
            if (stopped)
            {
                break;
            }
        }

        if (!stopped)
        {
            shown.AddRange(sequences.Flush().Span);
        }

        return (Encoding.UTF8.GetString([.. shown]), stopped, Encoding.UTF8.GetString([.. seen]));
    }

    private static int First(string text, string[] stops) =>
        stops.Where(s => s.Length > 0).Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
}
