namespace Dmoerm.Tests.House;

/// <summary>Holds the library's rule: the folder tree is the data flow, and a stage uses earlier stages only.</summary>
/// <remarks>
/// Works on source, since the compiler leaves no trace of a constant or a nameof. A type of a later stage cannot be reached without
/// naming its namespace somewhere: by a using, by a path such as Training.X, or by an alias, and each of these is seen here.
/// </remarks>
internal static class StageOrder
{
    private const string Root = "Dmoerm";

    /// <summary>The stages in the order of the data flow (docs/architecture.md).</summary>
    public static readonly IReadOnlyList<string> Stages =
    [
        "Hub", "Data", "Conversations", "Backbones", "Experts", "Aggregation", "Routing", "Artefacts",
        "Evaluation", "Training", "Labelling", "Policies",
    ];

    // Its files at the root know no stage, and every stage stands on them.
    private static readonly string[] Foundation = ["NativeLibraries", "DurableFile", "FileLength"];

    private static readonly int Door = IndexOf("Artefacts");

    /// <summary>Checks files of the library.</summary>
    /// <param name="sources">Paths relative to the library's folder, with '/', and the text of each file.</param>
    /// <returns>One sentence per violation; empty where there is none.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<(string Path, string Text)> sources)
    {
        var files = sources.Select(source => (source.Path, Tokens: SourceTokens.Read(source.Text))).ToList();
        var frontDoor = files.Where(file => !file.Path.Contains('/')).SelectMany(file => DeclaredTypes(file.Tokens))
            .Where(type => !Foundation.Contains(type)).ToHashSet();
        return [.. files.SelectMany(file => CheckFile(file.Path, file.Tokens, frontDoor))];
    }

    private static IEnumerable<string> CheckFile(string path, IReadOnlyList<string> tokens, HashSet<string> frontDoor)
    {
        var folders = path.Split('/')[..^1];
        var stage = folders.Length == 0 ? Door : IndexOf(folders[0]);
        if (stage < 0)
        {
            return [$"{path} lies in a folder that is no stage: {folders[0]}."];
        }

        var limit = Foundation.Any(file => path == file + ".cs") ? -1 : stage;
        return CheckNamespace(path, tokens, string.Join('.', [Root, .. folders]))
            .Concat(CheckStages(path, tokens, limit))
            .Concat(CheckUsings(path, tokens))
            .Concat(limit < Door ? CheckFrontDoor(path, tokens, frontDoor) : []);
    }

    private static IEnumerable<string> CheckNamespace(string path, IReadOnlyList<string> tokens, string expected)
    {
        var declared = Enumerable.Range(0, tokens.Count).Where(i => tokens[i] == "namespace")
            .Select(i => string.Concat(tokens.Skip(i + 1).TakeWhile(token => token is not (";" or "{")))).ToList();
        return declared is [var only] && only == expected
            ? []
            : [$"{path} declares the namespace {(declared.Count == 0 ? "(none)" : string.Join(" and ", declared))}, its folder says {expected}."];
    }

    private static IEnumerable<string> CheckStages(string path, IReadOnlyList<string> tokens, int limit)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (IndexOf(tokens[i]) > limit && IsPath(tokens, i) && !IsDeclaration(tokens, i))
            {
                yield return $"{path} uses the later stage {tokens[i]}.";
            }

            var next = IsRoot(tokens, i) && i + 2 < tokens.Count && tokens[i + 1] == "." ? tokens[i + 2] : null;
            if (next is not null && IndexOf(next) < 0 && IsUsing(tokens, i))
            {
                yield return $"{path} uses the unknown stage {next}.";
            }
        }
    }

    // An alias of the root hides the stage behind it, and a global using is a using of every file.
    private static IEnumerable<string> CheckUsings(string path, IReadOnlyList<string> tokens)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (IsRoot(tokens, i) && tokens[i + 1] == ";" && IsUsing(tokens, i) && Statement(tokens, i).Contains("="))
            {
                yield return $"{path} gives the root namespace another name.";
            }

            if (tokens[i] == "global" && tokens[i + 1] == "using" && tokens.Skip(i).TakeWhile(token => token != ";").Contains(Root))
            {
                yield return $"{path} has a global using of the library's own namespaces.";
            }
        }
    }

    private static IEnumerable<string> CheckFrontDoor(string path, IReadOnlyList<string> tokens, HashSet<string> frontDoor) =>
        Enumerable.Range(0, tokens.Count)
            .Where(i => frontDoor.Contains(tokens[i]) && (Before(tokens, i) != "." || IsRoot(tokens, i - 2)))
            .Select(i => $"{path} uses {tokens[i]} of the front door, which comes after its stage.");

    // "Training.X", "Dmoerm.Training", "global::Dmoerm.Training", "D::Training"; not "options.Training" and not a member called Training.
    private static bool IsPath(IReadOnlyList<string> tokens, int i) => Before(tokens, i) switch
    {
        "." => IsRoot(tokens, i - 2),
        "::" => true,
        _ => (i + 1 < tokens.Count && tokens[i + 1] == ".") || IsUsing(tokens, i),
    };

    private static bool IsRoot(IReadOnlyList<string> tokens, int i) => i >= 0 && tokens[i] == Root && Before(tokens, i) != ".";

    private static bool IsDeclaration(IReadOnlyList<string> tokens, int i) => Statement(tokens, i).FirstOrDefault() == "namespace";

    private static bool IsUsing(IReadOnlyList<string> tokens, int i)
    {
        var statement = Statement(tokens, i);
        return statement is ["using", ..] or ["global", "using", ..] && !statement.Contains("var") && !statement.Contains("(");
    }

    // From the last ";", "{" or "}" up to and without token i.
    private static List<string> Statement(IReadOnlyList<string> tokens, int i)
    {
        var start = i;
        while (start > 0 && tokens[start - 1] is not (";" or "{" or "}"))
        {
            start--;
        }

        return [.. tokens.Skip(start).Take(i - start)];
    }

    // Nested types are their owner's business.
    private static IEnumerable<string> DeclaredTypes(IReadOnlyList<string> tokens)
    {
        var depth = 0;
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            depth += tokens[i] is "{" or "(" ? 1 : tokens[i] is "}" or ")" ? -1 : 0;
            if (depth == 0 && char.IsLetter(tokens[i + 1][0]) && IsTypeKeyword(tokens, i))
            {
                yield return tokens[i + 1];
            }
        }
    }

    private static bool IsTypeKeyword(IReadOnlyList<string> tokens, int i) =>
        tokens[i] is "class" or "struct" or "interface" or "enum" || (tokens[i] == "record" && tokens[i + 1] is not ("class" or "struct"));

    private static string? Before(IReadOnlyList<string> tokens, int i) => i > 0 ? tokens[i - 1] : null;

    private static int IndexOf(string name)
    {
        for (var i = 0; i < Stages.Count; i++)
        {
            if (Stages[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
