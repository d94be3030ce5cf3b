using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Checks;

/// <summary>Counts the rows of one category.</summary>
/// <param name="named">The category stands in the rows.</param>
internal sealed class CategoryTally(bool named)
{
    private const int FieldValues = 1000;

    private readonly SortedDictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, HashSet<UInt128>> _fields = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, CapabilityTally> _capabilities = new(StringComparer.Ordinal);
    private int _rows;
    private int _prompts;
    private int _texts;
    private long _responses;
    private long _comparisons;
    private long _ties;
    private long _listed;
    private long _firstWins;
    private double _longerWins;

    /// <summary>Adds a row with all its comparisons.</summary>
    /// <param name="row">The row, or rows.</param>
    /// <param name="example">What it says, comparisons of scores included.</param>
    /// <param name="file">The file's path.</param>
    /// <param name="prompt">The prompt's key.</param>
    /// <param name="newPrompt">It is the category's first row of this prompt.</param>
    /// <param name="newTexts">How many of its responses' texts are new in the category.</param>
    public void Add(JoinedRow row, PreferenceExample example, string file, UInt128 prompt, bool newPrompt, int newTexts)
    {
        _rows += row.Rows;
        _files[file] = _files.GetValueOrDefault(file) + row.Rows;
        _prompts += newPrompt ? 1 : 0;
        _responses += example.Responses.Count;
        _texts += newTexts;
        foreach (var comparison in example.Comparisons)
        {
            if (comparison.Capability is { } name)
            {
                Capability(name).Add(prompt);
            }
            else
            {
                AddOverall(comparison, example, !row.Format.BetterFirst);
            }
        }

        foreach (var code in row.Reasons)
        {
            _reasons[code] = _reasons.GetValueOrDefault(code) + 1;
        }

        AddFields(example);
    }

    /// <summary>What was counted.</summary>
    public CheckedCategory ToCategory()
    {
        var preferences = _comparisons - _ties;
        return new CheckedCategory
        {
            Rows = _rows,
            Files = _files,
            Named = named,
            Prompts = _prompts,
            Responses = _responses,
            Texts = _texts,
            Comparisons = _comparisons,
            Ties = _ties,
            FirstListedWins = _listed > 0 ? (double)_firstWins / _listed : null,
            LongerWins = preferences > 0 ? _longerWins / preferences : null,
            Capabilities = _capabilities.ToDictionary(pair => pair.Key, pair => pair.Value.ToCapability()),
            Reasons = _reasons,
            Fields = _fields.Where(field => field.Value.Count > 1).ToDictionary(field => field.Key, field => field.Value.Count),
        };
    }

    private void AddOverall(Comparison comparison, PreferenceExample example, bool listed)
    {
        _comparisons++;
        if (comparison.P == 0.5)
        {
            _ties++;
            return;
        }

        var (first, second) = (example.Responses[comparison.I], example.Responses[comparison.J]);
        var firstWins = comparison.P > 0.5;
        _listed += listed ? 1 : 0;
        _firstWins += listed && firstWins == comparison.I < comparison.J ? 1 : 0;
        var longer = CodePoints(first).CompareTo(CodePoints(second));
        _longerWins += longer == 0 ? 0.5 : longer > 0 == firstWins ? 1 : 0;
        foreach (var (name, score) in first.Capabilities)
        {
            if (second.Capabilities.TryGetValue(name, out var other) && score != other)
            {
                Capability(name).AddPreference(more: score > other == firstWins);
            }
        }
    }

    private void AddFields(PreferenceExample example)
    {
        foreach (var (name, value) in example.Fields)
        {
            if (!_fields.TryGetValue(name, out var values))
            {
                _fields.Add(name, values = []);
            }

            if (values.Count < FieldValues)
            {
                values.Add(TextKeys.Of(value));
            }
        }
    }

    private CapabilityTally Capability(string name)
    {
        if (!_capabilities.TryGetValue(name, out var tally))
        {
            _capabilities.Add(name, tally = new CapabilityTally());
        }

        return tally;
    }

    private static int CodePoints(Response response) =>
        response.Messages.Sum(message => message.Content.Length - message.Content.Count(char.IsLowSurrogate));

    private sealed class CapabilityTally
    {
        // Enough or not is all that is asked, so few are kept.
        private readonly HashSet<UInt128> _units = [];
        private long _comparisons;
        private long _preferences;
        private long _more;

        public void Add(UInt128 prompt)
        {
            _comparisons++;
            if (_units.Count < EnoughData.Units)
            {
                _units.Add(prompt);
            }
        }

        public void AddPreference(bool more)
        {
            _preferences++;
            _more += more ? 1 : 0;
        }

        public CheckedCapability ToCapability() => new(_comparisons, _units.Count, _preferences > 0 ? (double)_more / _preferences : null);
    }
}
