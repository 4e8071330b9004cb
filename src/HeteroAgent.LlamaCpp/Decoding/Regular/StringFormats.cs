using System.Collections.Concurrent;

namespace HeteroAgent.LlamaCpp;

/// <summary>The formats of strings that JSON Schema names, as automata: the text of the RFC that each is defined by, or the part of it that is in use.</summary>
internal static class StringFormats
{
    private const string Year = "[0-9]{4}";
    private const string LeapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    private const string Hour = "(?:[01][0-9]|2[0-3])";
    private const string Offset = $"(?:[Zz]|[+-]{Hour}:[0-5][0-9])";

    // RFC 3339, section 5.6 and appendix C: real days only.
    private const string Date = $"(?:{Year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|{LeapYear}-02-29)";

    // A leap second is written where it can fall: at the end of the day in universal time.
    private const string Time = $@"(?:{Hour}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,9}})?{Offset}|23:59:60(?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]00:00))";

    // RFC 3339, appendix A.
    private const string Duration = "P(?:(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)(?:T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))?|T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)|[0-9]+W)";

    // RFC 1123: labels of at most 63 letters, digits and hyphens, none at either end.
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    // RFC 5321 without quoted local parts and address literals.
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Ipv4 = $@"{Octet}(?:\.{Octet}){{3}}";
    private const string Group = "[0-9A-Fa-f]{1,4}";
    private const string Tail = $"(?:{Group}:{Group}|{Ipv4})";

    // RFC 3986, appendix A.
    private const string Ipv6 = $"(?:(?:{Group}:){{6}}{Tail}|::(?:{Group}:){{5}}{Tail}|(?:{Group})?::(?:{Group}:){{4}}{Tail}|(?:(?:{Group}:){{0,1}}{Group})?::(?:{Group}:){{3}}{Tail}|(?:(?:{Group}:){{0,2}}{Group})?::(?:{Group}:){{2}}{Tail}|(?:(?:{Group}:){{0,3}}{Group})?::{Group}:{Tail}|(?:(?:{Group}:){{0,4}}{Group})?::{Tail}|(?:(?:{Group}:){{0,5}}{Group})?::{Group}|(?:(?:{Group}:){{0,6}}{Group})?::)";
    private const string Escape = "%[0-9A-Fa-f]{2}";
    private const string Path = $"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|{Escape})";
    private const string Authority = $@"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{Escape})*@)?(?:\[{Ipv6}\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|{Escape})*)(?::[0-9]*)?";
    private const string Rest = $@"(?:\?(?:{Path}|[/?])*)?(?:#(?:{Path}|[/?])*)?";
    private const string Uri = $@"[A-Za-z][A-Za-z0-9+.-]*:(?://{Authority}(?:/{Path}*)*|/(?:{Path}+(?:/{Path}*)*)?|{Path}+(?:/{Path}*)*|){Rest}";
    private const string Segment = $"(?:[A-Za-z0-9._~!$&'()*+,;=@-]|{Escape})";
    private const string RelativeReference = $@"(?://{Authority}(?:/{Path}*)*|/(?:{Path}+(?:/{Path}*)*)?|{Segment}+(?:/{Path}*)*|){Rest}";
    private const string Pointer = "(?:/(?:[^/~]|~[01])*)*";

    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}[Tt]{Time}",
        ["duration"] = Duration,
        ["uuid"] = "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
        ["email"] = $@"{Atom}(?:\.{Atom})*@{Label}(?:\.{Label})*",
        ["hostname"] = $@"{Label}(?:\.{Label})*",
        ["ipv4"] = Ipv4,
        ["ipv6"] = Ipv6,
        ["uri"] = Uri,
        ["uri-reference"] = $"(?:{Uri}|{RelativeReference})",
        ["json-pointer"] = Pointer,
        ["relative-json-pointer"] = $"(?:0|[1-9][0-9]*)(?:#|{Pointer})",
    };

    // Named by JSON Schema and not followed here; any other name is the author's own and says nothing.
    private static readonly HashSet<string> Unsupported = ["idn-email", "idn-hostname", "iri", "iri-reference", "uri-template", "regex"];

    private static readonly ConcurrentDictionary<string, TextAutomaton> Automata = new(StringComparer.Ordinal);

    /// <summary>The names that are followed.</summary>
    public static IEnumerable<string> Names => Patterns.Keys;

    /// <summary>Whether JSON Schema defines the name and it is not followed here.</summary>
    public static bool IsUnsupported(string name) => Unsupported.Contains(name);

    /// <summary>The automaton of a format, or null where the name is no format of strings that JSON Schema defines.</summary>
    public static TextAutomaton? Find(string name) =>
        Patterns.TryGetValue(name, out string? pattern) ? Automata.GetOrAdd(name, _ => PatternAutomaton.Of($"^(?:{pattern})$")) : null;

    /// <summary>The most characters of a text of a format. RFC 1035: a name has at most 253.</summary>
    public static int MaxLength(string name) => name == "hostname" ? 253 : int.MaxValue;
}
