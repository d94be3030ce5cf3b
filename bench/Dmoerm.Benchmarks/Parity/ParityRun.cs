using System.Text;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Computes every reference anew and says in one table how far the product is off.</summary>
internal static class ParityRun
{
    private const string Begin = "<!-- parity: begin -->";
    private const string End = "<!-- parity: end -->";

    /// <summary>Prints the table.</summary>
    /// <param name="write">Whether to put it into <c>docs/results.md</c> too, between its two markers.</param>
    /// <returns>0 where every reference that is here is met.</returns>
    public static int Of(bool write)
    {
        NativeLibraries.Prepare();
        var table = new StringBuilder("| model or file | compared | comparisons | worst difference | tolerance | met |\n| --- | --- | --- | --- | --- | --- |\n");
        Console.Write(table);
        var isMet = true;
        foreach (var row in Rows())
        {
            Console.WriteLine(row);
            table.Append(row).Append('\n');
            isMet &= row.IsMet != false;
        }

        if (write)
        {
            Write(Path.Combine(ReferenceFolders.Root, "docs", "results.md"), table.ToString());
        }

        return isMet ? 0 : 1;
    }

    private static IEnumerable<ParityRow> Rows()
    {
        Func<IEnumerable<ParityRow>>[] groups = [DecoderRows.All, RotaryRows.All, RealModelRows.All, TokenizerRows.All, TemplateRows.All, AdapterRows.All, BenchmarkRows.All];
        return groups.SelectMany(group => group());
    }

    private static void Write(string path, string table)
    {
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)}: expected the lines '{Begin}' and '{End}' around the table.");
        }

        File.WriteAllText(path, $"{text[..begin]}{Begin}\n{table}{text[end..]}");
    }
}
