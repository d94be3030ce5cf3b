using Dmoerm.Data.Rows;
using Dmoerm.Data.Splits;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Checks;

/// <summary>Looks through preference files for what would harm training or make its figures wrong. Rows stream; of texts only hashes and sketches are kept.</summary>
public sealed class DataCheck
{
    private const int ProgressRows = 100_000;
    private readonly PlaceNames _places = new();
    private readonly HashSet<UInt128> _prompts = [];
    private readonly HashSet<UInt128> _promptTexts = [];
    private readonly HashSet<UInt128> _texts = [];
    private readonly List<Place> _promptPlaces = [];
    private readonly List<uint[]> _promptSketches = [];
    private readonly Dictionary<string, CategoryTally> _tallies = [];
    private readonly List<(FileReport File, bool Against)> _files = [];
    private readonly ComparisonLedger _ledger;
    private readonly Occurrences _identical = new();
    private readonly Occurrences _emptyPrompts = new();
    private readonly Occurrences _emptyResponses = new();
    private readonly Occurrences _uncompared = new();
    private long _rowsRead;

    /// <summary>Starts a check; each instance runs one.</summary>
    public DataCheck() => _ledger = new ComparisonLedger(_places);

    /// <summary>Name of the row format; null recognises it by content.</summary>
    public string? Format { get; init; }

    /// <summary>Look at this category only (and at rows without one); null for all.</summary>
    public string? Category { get; init; }

    /// <summary>Two scores that differ by at least this (and by more than 0) are a comparison.</summary>
    public double Gap { get; init; }

    /// <summary>Which end of ranks is best; null for the format's own.</summary>
    public RankOrder? RankOrder { get; init; }

    /// <summary>The name under which a file's rows without a category are counted, given its path.</summary>
    public Func<string, string> Uncategorised { get; init; } = _ => "(no category)";

    /// <summary>Shown every row, and whether it is of the other split.</summary>
    public Action<PreferenceExample, bool>? EachRow { get; init; }

    /// <summary>Told the number of rows read, now and then.</summary>
    public Action<long>? Progress { get; init; }

    /// <summary>Ends the check between rows.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Reads and reports.</summary>
    /// <param name="files">The files to check.</param>
    /// <param name="against">The other split; texts that stand in both are findings.</param>
    /// <exception cref="InvalidDataException">A file cannot be read, or a row does not fit; findings never throw.</exception>
    public DataCheckReport Run(IReadOnlyList<string> files, IReadOnlyList<string> against)
    {
        var overlap = against.Count > 0 ? new SplitOverlap(_places) : null;
        if (overlap is not null && Bytes(against) < Bytes(files))
        {
            Read(against, other: true, overlap.Keep);
            overlap.Close();
            Read(files, other: false, overlap.Look);
        }
        else
        {
            Read(files, other: false, overlap is null ? null : overlap.Keep);
            overlap?.Close();
            Read(against, other: true, overlap is null ? null : overlap.Look);
        }

        var categories = _tallies.ToDictionary(pair => pair.Key, pair => pair.Value.ToCategory());
        return new DataCheckReport
        {
            Files = [.. _files.OrderBy(file => file.Against).Select(file => new CheckedFile(file.File.Path, file.File.Format, file.File.Rows, file.Against, file.File.Note))],
            Categories = categories,
            Findings = [.. overlap?.Findings() ?? [], .. RowFindings(), .. CategoryFindings.Of(categories)],
        };
    }

    private static long Bytes(IEnumerable<string> files) => files.Sum(file => File.Exists(file) ? FileLength.Of(file) : 0);

    private void Read(IReadOnlyList<string> files, bool other, Action<PreferenceExample, Place>? visit)
    {
        foreach (var path in files)
        {
            var labelled = new LabelledRows(Gap, RankOrder);
            _places.Open(path);
            foreach (var row in labelled.ReadJoined(path, Format, file => _files.Add((file, other))))
            {
                Cancellation.ThrowIfCancellationRequested();
                if (Category is not null && row.Example.Category is { } own && own != Category)
                {
                    continue;
                }

                var place = _places.Of(row.Example.Origin);
                visit?.Invoke(row.Example, place);
                EachRow?.Invoke(row.Example, other);
                if (!other)
                {
                    Add(row, labelled.Source, path, place);
                }

                var before = _rowsRead;
                _rowsRead += row.Rows;
                if (before / ProgressRows != _rowsRead / ProgressRows)
                {
                    Progress?.Invoke(_rowsRead);
                }
            }
        }
    }

    private void Add(JoinedRow row, CategorySource source, string path, Place place)
    {
        var stated = row.Example;
        var example = ScoreComparisons.Add(stated, source);
        var category = stated.Category ?? Uncategorised(path);
        var categoryKey = TextKeys.Of(category);
        UInt128[] texts = [.. stated.Responses.Select(TextKeys.Response)];
        // Rows without a prompt are one prompt each, as in training; that two of them compare the same pair is still seen.
        var prompt = TextKeys.Prompt(stated);
        var unit = stated.Prompt.Count > 0 ? prompt : TextKeys.Of(stated.Origin);
        _ledger.Add(stated, place, prompt, texts);
        var newPrompt = AddPrompt(stated, TextKeys.Of(unit, categoryKey), place);
        var newTexts = texts.Count(text => _texts.Add(TextKeys.Of(text, categoryKey)));
        if (!_tallies.TryGetValue(category, out var tally))
        {
            _tallies.Add(category, tally = new CategoryTally(stated.Category is not null));
        }

        tally.Add(row, example, path, unit, newPrompt, newTexts);
        Note(example, texts, place);
    }

    private bool AddPrompt(PreferenceExample example, UInt128 key, Place place)
    {
        if (!_prompts.Add(key))
        {
            return false;
        }

        // Two categories may share a prompt, and case alone makes no other unit.
        var text = example.Prompt.Count == 0 ? "" : UnitKeys.Texts(example, UnitKeys.Prompt)[0];
        if (text.Length > 0 && _promptTexts.Add(TextKeys.Of(text)))
        {
            _promptPlaces.Add(place);
            _promptSketches.Add(TextSketch.Of(text));
        }

        return true;
    }

    private void Note(PreferenceExample example, UInt128[] texts, Place place)
    {
        void Mark(bool holds, Occurrences met)
        {
            if (holds)
            {
                met.Add(() => _places.Name(place));
            }
        }

        Mark(texts.Distinct().Count() < texts.Length, _identical);
        Mark(example.Prompt.Count > 0 && example.Prompt.All(message => string.IsNullOrWhiteSpace(message.Content)), _emptyPrompts);
        Mark(example.Responses.Any(response => string.IsNullOrWhiteSpace(response.Text)), _emptyResponses);
        Mark(!example.Comparisons.Any(comparison => comparison.Capability is null), _uncompared);
    }

    private IEnumerable<Finding> RowFindings() =>
    [
        .. _ledger.Contradictions.As(FindingKind.Contradictions, () => $"{_ledger.Contradictions.Times("comparison says", "comparisons say")} the opposite of an earlier one of the same pair: raters differ, or a file stands in twice with sides swapped. Training takes both."),
        .. _ledger.Duplicates.As(FindingKind.Duplicates, () => $"{_ledger.Duplicates.Times("comparison repeats", "comparisons repeat")} an earlier one of the same pair: it counts twice."),
        .. _ledger.OtherScores.As(FindingKind.OtherScores, () => $"{_ledger.OtherScores.Times("response has", "responses have")} another score where the same text stands under the same prompt: training averages them."),
        .. _identical.As(FindingKind.IdenticalResponses, () => $"{_identical.Times("row holds", "rows hold")} the same response twice: training merges them and drops comparisons between them."),
        .. _emptyPrompts.As(FindingKind.EmptyPrompts, () => $"{_emptyPrompts.Times("row has a prompt", "rows have prompts")} without text."),
        .. _emptyResponses.As(FindingKind.EmptyResponses, () => $"{_emptyResponses.Times("row has a response", "rows have a response")} without text."),
        .. _uncompared.As(FindingKind.Uncompared, () => $"{_uncompared.Times("row has", "rows have")} no overall comparison, stated or from scores: nothing is learnt from {(_uncompared.Count == 1 ? "it" : "them")}, unless another row has the same prompt."),
        .. NearPrompts(),
    ];

    private IEnumerable<Finding> NearPrompts()
    {
        var groups = NearGroups.Of(_promptSketches);
        var (near, grouped) = (new Occurrences(), new HashSet<int>());
        for (var prompt = 0; prompt < groups.Length; prompt++)
        {
            if (groups[prompt] != prompt)
            {
                var (place, first) = (_promptPlaces[prompt], _promptPlaces[groups[prompt]]);
                grouped.Add(groups[prompt]);
                near.Add(() => _places.Name(first, place));
            }
        }

        return near.As(FindingKind.NearPrompts, () => $"{near.Times("prompt is nearly", "prompts are nearly")} the same as an earlier one ({grouped.Count} group{(grouped.Count == 1 ? "" : "s")}): splitting and folding keep such prompts together.");
    }

}
