using Dmoerm.Data;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;
using Dmoerm.Data.Texts;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>A row of a benchmark's file.</summary>
/// <param name="Fields">The row; it lives until the next one is asked for.</param>
/// <param name="Format">Name of the row's format.</param>
/// <param name="Path">The file.</param>
/// <param name="Number">The row's number in it.</param>
internal sealed record BenchmarkRow(RowFields Fields, string Format, string Path, int Number)
{
    private static readonly RowParser Parser = new(new CategorySource());

    /// <summary>The row's own id, or <c>file:line</c>.</summary>
    public string Id => Fields.Find("id") switch
    {
        null => $"{System.IO.Path.GetFileName(Path)}:{Number}",
        { ValueKind: System.Text.Json.JsonValueKind.Number } number => number.GetRawText(),
        _ => Fields.Text("id"),
    };

    /// <summary>The row as its format reads it: who wins a comparison is right, who loses one is wrong.</summary>
    /// <param name="subset">The item's subset.</param>
    /// <exception cref="InvalidDataException">The row does not fit its format.</exception>
    public BenchmarkItem<ScoreRequest> Item(string? subset)
    {
        var content = KnownFormats.Named(Format).Read(Fields, Parser);
        var isTie = content.Comparisons.TrueForAll(comparison => comparison.P == 0.5);
        int[] right = isTie ? [0] : [.. content.Comparisons.Select(comparison => comparison.P > 0.5 ? comparison.I : comparison.J).Distinct().Order()];
        int[] wrong = isTie ? [1] : [.. content.Comparisons.Select(comparison => comparison.P > 0.5 ? comparison.J : comparison.I).Distinct().Order()];
        return new()
        {
            Id = Id,
            Subset = subset,
            Right = [.. right.Select(Request)],
            Wrong = [.. wrong.Select(Request)],
            RightFirst = right[0] < wrong[0],
            IsLabelTie = isTie,
            Origin = Fields.Origin,
        };

        ScoreRequest Request(int response) => new(content.Prompt, content.Responses[response].Messages);
    }

    /// <summary>A field that holds one of the benchmark's names.</summary>
    /// <exception cref="InvalidDataException">The field is missing, or holds another name.</exception>
    public string Name(string field, IReadOnlyList<string> known)
    {
        var name = Fields.Text(field);
        return known.Contains(name) ? name : throw Unknown(field, known, name);
    }

    /// <summary>The name that a field's text begins with, such as <c>safety</c> of <c>safety-refuse</c>.</summary>
    /// <exception cref="InvalidDataException">The field is missing, or begins otherwise.</exception>
    public string NameAtStart(string field, IReadOnlyList<string> known)
    {
        var text = Fields.Text(field);
        return known.FirstOrDefault(name => text.StartsWith(name, StringComparison.Ordinal)) ?? throw Unknown(field, known, text);
    }

    /// <summary>The name of a folder above the file, or of the file.</summary>
    /// <param name="known">The benchmark's names.</param>
    /// <param name="isNamed">A part of the path, without endings, is called by a name.</param>
    /// <returns>Null where none is: the deepest one counts.</returns>
    public string? NameInPath(IReadOnlyList<string> known, Func<string, string, bool> isNamed) =>
        System.IO.Path.GetFullPath(Path).Split('/', '\\').Reverse().Take(3)
            .Select(part => known.FirstOrDefault(name => isNamed(part.Split('.')[0], name)))
            .FirstOrDefault(name => name is not null);

    private InvalidDataException Unknown(string field, IReadOnlyList<string> known, string came) =>
        Fields.Fault(field, $"one of {string.Join(", ", known)} (nearest: '{NearestName.Of(came, known)}')", Fields.Find(field));
}
