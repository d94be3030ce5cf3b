namespace Dmoerm.Data.Checks;

/// <summary>Where a row stands, in eight bytes, so that a million of them can be kept.</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Number">Number of the row or line in it.</param>
internal readonly record struct Place(int File, int Number);

/// <summary>Places back to words.</summary>
internal sealed class PlaceNames
{
    private readonly List<string> _files = [];
    private string _word = "line";

    /// <summary>Opens the next file.</summary>
    public void Open(string path) => _files.Add(path);

    /// <summary>The place of a row of the file that was opened last.</summary>
    /// <param name="origin">The row's own words, <c>file, line n</c>.</param>
    public Place Of(string origin)
    {
        var number = origin.LastIndexOf(' ') + 1;
        var word = origin.LastIndexOf(", ", StringComparison.Ordinal) + 2;
        _word = number > word && word > 1 ? origin[word..(number - 1)] : _word;
        return new(_files.Count - 1, int.Parse(origin.AsSpan(number), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The words: <c>file, line n</c>.</summary>
    public string Name(Place place) => $"{_files[place.File]}, {_word} {place.Number}";

    /// <summary>Two places in words.</summary>
    public string Name(Place place, Place other) =>
        place.File == other.File ? $"{Name(place)} and {other.Number}" : $"{Name(place)} and {Name(other)}";
}
