using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Renders a conversation with one of the templates that llama.cpp's own C call knows. Immutable; safe for any number of threads.</summary>
internal sealed partial class ChatTemplate
{
    private const char Open = '\uE000';
    private const char Close = '\uE001';

    private readonly string _model;
    private readonly byte[] _template;
    private readonly string? _defaultSystem;

    internal ChatTemplate(string model, string? template)
    {
        _model = model;
        if (template is null)
        {
            throw new UnsupportedChatTemplateException(model, null);
        }

        _template = Encoding.UTF8.GetBytes(template + '\0');
        if (Apply([("user", "x")], addAssistant: true) is null)
        {
            throw new UnsupportedChatTemplateException(model, template);
        }

        _defaultSystem = DefaultSystem().Match(template) is { Success: true } match ? match.Groups[1].Value.Replace("\\n", "\n", StringComparison.Ordinal) : null;
    }

    /// <summary>Renders a conversation that ends where the assistant's answer begins.</summary>
    /// <param name="turns">Role and content of each turn.</param>
    internal List<PromptSegment> Render(IReadOnlyList<(string Role, string Content)> turns)
    {
        if (_defaultSystem is not null && turns[0].Role != "system")
        {
            turns = [("system", _defaultSystem), .. turns];
        }

        // Each content is rendered as a mark, and put back afterwards: only so is it known which text the template wrote.
        // The blanks around a mark tell whether the template trims contents.
        string rendered = Apply([.. turns.Select((turn, i) => (turn.Role, $" {Open}{i}{Close} "))], addAssistant: true)
            ?? throw new UnsupportedChatTemplateException(_model, Encoding.UTF8.GetString(_template.AsSpan(0, _template.Length - 1)));
        List<PromptSegment> segments = [];
        int position = 0;
        for (int open = rendered.IndexOf(Open); open >= 0; open = rendered.IndexOf(Open, position))
        {
            int close = rendered.IndexOf(Close, open);
            string content = turns[int.Parse(rendered.AsSpan(open + 1, close - open - 1), System.Globalization.CultureInfo.InvariantCulture)].Content;
            bool keepsStart = open > position && rendered[open - 1] == ' ';
            bool keepsEnd = close + 1 < rendered.Length && rendered[close + 1] == ' ';
            Add(segments, rendered[position..(keepsStart ? open - 1 : open)], isContent: false);
            Add(segments, (keepsStart, keepsEnd) switch
            {
                (true, true) => content,
                (true, false) => content.TrimEnd(),
                (false, true) => content.TrimStart(),
                _ => content.Trim(),
            }, isContent: true);
            position = keepsEnd ? close + 2 : close + 1;
        }

        Add(segments, rendered[position..], isContent: false);
        return segments;
    }

    private static void Add(List<PromptSegment> segments, string text, bool isContent)
    {
        if (text.Length > 0)
        {
            segments.Add(new PromptSegment(text, isContent));
        }
    }

    /// <summary>Calls the native template engine; null where it does not know the template.</summary>
    private unsafe string? Apply(IReadOnlyList<(string Role, string Content)> turns, bool addAssistant)
    {
        LLamaChatMessage[] messages = new LLamaChatMessage[turns.Count];
        try
        {
            for (int i = 0; i < messages.Length; i++)
            {
                messages[i].role = (byte*)Marshal.StringToCoTaskMemUTF8(turns[i].Role);
                messages[i].content = (byte*)Marshal.StringToCoTaskMemUTF8(turns[i].Content);
            }

            byte[] buffer = new byte[1024 + turns.Sum(t => 4 * (t.Role.Length + t.Content.Length) + 64)];
            fixed (byte* template = _template)
            fixed (LLamaChatMessage* chat = messages)
            {
                int length = Call(template, chat, messages.Length, addAssistant, buffer);
                if (length > buffer.Length)
                {
                    buffer = new byte[length];
                    length = Call(template, chat, messages.Length, addAssistant, buffer);
                }

                return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
        finally
        {
            foreach (LLamaChatMessage message in messages)
            {
                Marshal.FreeCoTaskMem((nint)message.role);
                Marshal.FreeCoTaskMem((nint)message.content);
            }
        }
    }

    private static unsafe int Call(byte* template, LLamaChatMessage* chat, int count, bool addAssistant, byte[] buffer)
    {
        fixed (byte* p = buffer)
        {
            return NativeApi.llama_chat_apply_template(template, chat, (nuint)count, addAssistant, p, buffer.Length);
        }
    }

    /// <summary>The system turn that a ChatML template writes as a literal when the conversation has none; llama.cpp's C call leaves it out.</summary>
    [GeneratedRegex("""\{\{-?\s*'<\|im_start\|>system(?:\\n|\n)([^'{}<>]+)<\|im_end\|>(?:\\n|\n)'\s*-?\}\}""", RegexOptions.CultureInvariant)]
    private static partial Regex DefaultSystem();
}
