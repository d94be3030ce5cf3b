namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>A stretch of a text.</summary>
/// <param name="Text">The text, or what steps before made of it.</param>
/// <param name="Start">Where the stretch begins.</param>
/// <param name="Length">Its length.</param>
/// <param name="Opens">The whole text that is encoded begins with it.</param>
internal readonly record struct Piece(string Text, int Start, int Length, bool Opens)
{
    public Piece(string text, bool opens)
        : this(text, 0, text.Length, opens)
    {
    }

    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>A part of the stretch.</summary>
    /// <param name="start">Counted from the stretch's own start.</param>
    /// <param name="end">Likewise.</param>
    public Piece Part(int start, int end) => new(Text, Start + start, end - start, Opens && start == 0);
}
