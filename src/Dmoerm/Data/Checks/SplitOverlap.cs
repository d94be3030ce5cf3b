using Dmoerm.Data.Splits;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Checks;

/// <summary>Which texts of one split stand in the other, exactly or nearly: the smaller split is kept as hashes and sketches, the larger one passes by.</summary>
/// <remarks>Prompts and responses are looked at as units are: without difference of case and white space. What is near is what <see cref="NearDuplicates"/> says.</remarks>
internal sealed class SplitOverlap(PlaceNames places)
{
    private readonly TextSide _prompts = new(places);
    private readonly TextSide _responses = new(places);

    /// <summary>Takes a row of the smaller split.</summary>
    public void Keep(PreferenceExample example, Place place) => Each(example, (side, text) => side.Keep(text, place));

    /// <summary>All of the smaller split was taken.</summary>
    public void Close()
    {
        _prompts.Close();
        _responses.Close();
    }

    /// <summary>Looks at a row of the larger split.</summary>
    public void Look(PreferenceExample example, Place place) => Each(example, (side, text) => side.Look(text, place));

    /// <summary>What was found.</summary>
    public IEnumerable<Finding> Findings() =>
    [
        .. _prompts.Exact.As(FindingKind.PromptsInBoth, () => $"{_prompts.Exact.Times("prompt stands", "prompts stand")} in both splits: unless texts are the units (\"groupBy\": \"responses\"), what is measured there was learnt by heart."),
        .. _prompts.Near.As(FindingKind.NearPromptsInBoth, () => $"{_prompts.Near.Times("prompt of the smaller split is nearly", "prompts of the smaller split are nearly")} the same as one of the other split."),
        .. _responses.Exact.As(FindingKind.ResponsesInBoth, () => $"{_responses.Exact.Times("response text stands", "response texts stand")} in both splits ({_responses.LongExact} of at least {NearDuplicates.MinWords} words): a reward can be learnt for the text itself."),
        .. _responses.Near.As(FindingKind.NearResponsesInBoth, () => $"{_responses.Near.Times("response text of the smaller split is nearly", "response texts of the smaller split are nearly")} the same as one of the other split."),
    ];

    private void Each(PreferenceExample example, Action<TextSide, string> visit)
    {
        if (example.Prompt.Count > 0)
        {
            visit(_prompts, UnitKeys.Texts(example, UnitKeys.Prompt)[0]);
        }

        foreach (var text in UnitKeys.Texts(example, UnitKeys.Responses))
        {
            visit(_responses, text);
        }
    }


    private sealed class TextSide(PlaceNames places)
    {
        private readonly Dictionary<UInt128, int> _known = [];
        private readonly List<Place> _places = [];
        private readonly HashSet<UInt128> _passed = [];
        private List<uint[]> _sketches = [];
        private NearIndex? _index;
        private bool[] _exact = [];
        private bool[] _near = [];

        public Occurrences Exact { get; } = new();

        public Occurrences Near { get; } = new();

        public int LongExact { get; private set; }

        public void Keep(string text, Place place)
        {
            if (_known.TryAdd(TextKeys.Of(text), _places.Count))
            {
                _places.Add(place);
                _sketches.Add(TextSketch.Of(text));
            }
        }

        public void Close()
        {
            _index = new NearIndex(_sketches);
            (_exact, _near) = (new bool[_places.Count], new bool[_places.Count]);
        }

        public void Look(string text, Place place)
        {
            var key = TextKeys.Of(text);
            if (_known.TryGetValue(key, out var same))
            {
                if (!_exact[same])
                {
                    _exact[same] = true;
                    LongExact += _sketches[same].Length > 0 ? 1 : 0;
                    Exact.Add(() => places.Name(_places[same], place));
                }

                return;
            }

            // Repeated texts of the larger split are looked at once while there is room to remember them.
            if (_passed.Count < Remembered && !_passed.Add(key))
            {
                return;
            }

            foreach (var like in _index!.Like(TextSketch.Of(text)))
            {
                if (!_near[like] && !_exact[like])
                {
                    _near[like] = true;
                    Near.Add(() => places.Name(_places[like], place));
                }
            }
        }

        private const int Remembered = 4_000_000;
    }
}
