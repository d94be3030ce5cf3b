namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>Cuts a piece at what was found in it.</summary>
/// <remarks>Source: tokenizers' NormalizedString.split, tokenizer/normalizer.rs; every behaviour is compared with its results in the tests.</remarks>
internal static class Splitter
{
    /// <summary>Appends the words of a piece, none of them empty.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="finds">Where the finds start and end, from left to right.</param>
    /// <param name="behaviour">What becomes of them.</param>
    /// <param name="invert">Finds and what lies between them change places.</param>
    /// <param name="words">Gets the words.</param>
    public static void Split(Piece piece, List<(int Start, int End)> finds, SplitBehaviour behaviour, bool invert, List<Piece> words)
    {
        var (at, cutter) = (0, new Cutter(piece, behaviour, words));
        foreach (var (start, end) in finds)
        {
            if (start > at)
            {
                cutter.Add(at, start, invert);
            }

            cutter.Add(start, end, !invert);
            at = end;
        }

        if (at < piece.Length)
        {
            cutter.Add(at, piece.Length, invert);
        }

        cutter.Flush();
    }

    // Holds one word back, since what comes next may belong to it.
    private struct Cutter(Piece piece, SplitBehaviour behaviour, List<Piece> words)
    {
        private int _start = -1;
        private int _end;
        private bool _wasFind;

        public void Add(int start, int end, bool find)
        {
            if (behaviour == SplitBehaviour.Removed)
            {
                if (!find)
                {
                    Emit(start, end);
                }

                return;
            }

            if (_start >= 0 && Joins(find))
            {
                _end = end;
            }
            else
            {
                Flush();
                (_start, _end) = (start, end);
            }

            _wasFind = find;
        }

        public void Flush()
        {
            if (_start >= 0)
            {
                Emit(_start, _end);
                _start = -1;
            }
        }

        private readonly bool Joins(bool find) => behaviour switch
        {
            SplitBehaviour.MergedWithPrevious => find && !_wasFind,
            // Of finds side by side only the last one has something behind it to begin.
            SplitBehaviour.MergedWithNext => !find && _wasFind,
            SplitBehaviour.Contiguous => find == _wasFind,
            _ => false,
        };

        private readonly void Emit(int start, int end)
        {
            if (end > start)
            {
                words.Add(piece.Part(start, end));
            }
        }
    }
}
