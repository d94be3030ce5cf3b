using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data.Checks;

namespace Dmoerm.Cli.Drafts;

/// <summary>What a first recipe says, and why.</summary>
internal sealed record RecipeDraft
{
    /// <summary>The recipe's name.</summary>
    public required string Name { get; init; }

    /// <summary>The files that were read, as paths from the recipe's folder.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The backbone's folder, from the recipe's.</summary>
    public required string Backbone { get; init; }

    /// <summary>Lengths of all conversations under the backbone's tokenizer.</summary>
    public required ConversationLengths Lengths { get; init; }

    /// <summary>Longest conversation that the backbone was made for.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>The categories that have enough.</summary>
    public required IReadOnlyList<CategoryDraft> Categories { get; init; }

    /// <summary>The day of the draft, for a chat template that asks for one; null for others.</summary>
    public DateOnly? TemplateDate { get; init; }

    /// <summary>Files that several categories list and that hold rows without a category, as paths from the recipe's folder.</summary>
    public required IReadOnlyList<string> Unassigned { get; init; }

    /// <summary>What the user should know: one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Reads everything and decides.</summary>
    /// <param name="name">The recipe's name.</param>
    /// <param name="files">Files to learn from.</param>
    /// <param name="test">Files for the final evaluation.</param>
    /// <param name="backbone">The backbone's folder.</param>
    /// <param name="folder">Where the recipe will lie.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A file or the backbone cannot be read.</exception>
    public static RecipeDraft Of(string name, IReadOnlyList<NamedFile> files, IReadOnlyList<NamedFile> test, NamedFile backbone, string folder, CancellationToken cancellation)
    {
        var config = BackboneConfig.Read(backbone.Path);
        var template = ChatTemplate.Load(backbone.Path, new TemplateSettings { Date = TimeProvider.System.GetLocalNow().Date });
        var survey = new LengthSurvey(template, Tokenizer.Load(backbone.Path), Math.Min(new EncodingOptions().MaxTokens, config.MaxPositions));
        var named = files.Concat(test).Append(backbone).DistinctBy(file => file.Path).ToDictionary(file => file.Path);
        DataCheckReport Check(IReadOnlyList<NamedFile> paths) => new DataCheck
        {
            Uncategorised = path => named[path].ShortName,
            EachRow = (example, _) => survey.Add(example),
            Cancellation = cancellation,
        }.Run([.. paths.Select(file => file.Path)], []);

        var report = Check(files);
        var tested = test.Count > 0 ? Check(test) : null;
        string Relative(string path) => named[path] is { IsLocal: false, Name: var name } ? name : Path.GetRelativePath(folder, path).Replace('\\', '/');
        var notes = new List<string>();
        var categories = CategoryDraft.Of(report, tested, Relative, notes);
        if (categories.Count > 0 && categories.All(category => category.Capabilities.Count == 0))
        {
            notes.Add("No capability has labels enough, so this trains one reward model per category, without experts. Rows with \"capabilities\": {\"clear\": 4, ...} per response, or comparisons with \"capability\": \"clear\", would add them.");
        }

        if (test.Count == 0)
        {
            notes.Add("No test file: figures will be measured on the validation part, which also stops the fits, so they will be optimistic. 'dmoerm data split' cuts one off, --test names it.");
        }

        return new RecipeDraft
        {
            Name = name,
            Files = [.. files.Select(file => Relative(file.Path)).Distinct()],
            Backbone = Relative(backbone.Path),
            TemplateDate = template.ReadsClock ? DateOnly.FromDateTime(template.Settings.Date!.Value) : null,
            Lengths = survey.Report(),
            MaxPositions = config.MaxPositions,
            Categories = categories,
            Unassigned = UnassignedOf([report, .. tested is null ? Array.Empty<DataCheckReport>() : [tested]], categories, Relative),
            Notes = notes,
        };
    }

    private static IReadOnlyList<string> UnassignedOf(DataCheckReport[] reports, List<CategoryDraft> categories, Func<string, string> relative)
    {
        var uncategorised = reports.SelectMany(report => report.Categories.Values).Where(category => !category.Named).SelectMany(category => category.Files.Keys).Select(relative).Distinct();
        return [.. uncategorised.Where(file => categories.Count(category => category.Files.Concat(category.Test).Contains(file)) > 1)];
    }
}
