using System.CommandLine;
using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Starts;

namespace Dmoerm.Cli.Drafts;

/// <summary><c>dmoerm init</c>: a first recipe from one's own files.</summary>
internal sealed class InitCommand
{
    private readonly Argument<string[]> _files = Files.DataCommand.Files(" to learn from");

    private readonly Option<string?> _name = new("--name") { Description = "The recipe's name. Default: that of the first FILE.", HelpName = "NAME" };

    private readonly Option<string?> _backbone = new("--backbone") { Description = "The language model to build on: a Hugging Face folder with config.json, *.safetensors, tokenizer.json and a chat template, or a model of the hub: org/name[@revision].", HelpName = "FOLDER" };

    private readonly Option<string[]> _test = new("--test") { Description = "Files (or data of the hub) that only the final evaluation reads.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };

    private readonly CommandStreams _streams;

    private InitCommand(CommandStreams streams) => _streams = streams;

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var init = new InitCommand(streams);
        var verb = new Verb(
            "init",
            "Drafts a recipe from your own preference files that trains as it stands.",
            "dmoerm init answers.jsonl --backbone models/minimind2-small\n"
            + "dmoerm init parts/train.jsonl --test parts/test.jsonl --backbone models/minimind2-small --name answers",
            """
            Reads the files and writes NAME.recipe.json here, with comments on what was seen and what is left to decide, and recipe.schema.json beside it, which lets editors
            complete and check recipes. Rows with a category give one category each; rows without one give one category per file, named after it. Capabilities come from the
            rows' labels. What is too little to train is left out, with the reason. An existing recipe is never written over.
            """)
        { init._files, init._name, init._backbone, init._test };
        verb.SetAction(init.Run);
        return verb;
    }

    private int Run(ParseResult arguments)
    {
        var (files, test) = (Downloads.Data(_streams, arguments.GetRequiredValue(_files)), Downloads.Data(_streams, arguments.GetValue(_test) ?? []));
        Files.DataCommand.CheckExist([.. files.Concat(test).Select(file => file.Path)]);
        var backbone = arguments.GetValue(_backbone) ?? throw new UsageException(
            "a recipe needs a language model to build on: name its Hugging Face folder (config.json, *.safetensors, tokenizer.json) with --backbone FOLDER; recipes/debug/backbone of dmoerm's source is a tiny one to try with.");
        var name = arguments.GetValue(_name) is { } given ? RecipeName.Check(given) : files[0].ShortName;
        var path = name + ".recipe.json";
        if (File.Exists(path))
        {
            throw new UsageException($"{path} exists already; init writes over no recipe: choose another --name.");
        }

        var draft = RecipeDraft.Of(name, files, test, new NamedFile(Downloads.Model(_streams, backbone), backbone), Directory.GetCurrentDirectory(), _streams.Stopped);
        if (draft.Categories.Count == 0)
        {
            throw new InvalidDataException($"{string.Join(", ", files.Select(file => file.Name).Distinct())}: nothing to train: {string.Join(" ", draft.Notes)}");
        }

        WriteSchema();
        using (var file = new OutputFile(path))
        {
            file.Writer.Write(RecipeText.Of(draft));
            file.Writer.Flush();
            // Reads all of it as training will: a draft that does not train is a defect, and the user should hear it now.
            _ = RunData.Read(HubRecipe.Get(TrainingRecipe.Read(file.PartialPath).Resolve(Directory.GetCurrentDirectory()), [], make: null).Local);
            file.Complete();
        }

        Report(draft, path);
        return 0;
    }

    private void WriteSchema()
    {
        if (!File.Exists(RecipeSchema.FileName))
        {
            File.WriteAllText(RecipeSchema.FileName, RecipeSchema.Text);
        }
        else if (File.ReadAllText(RecipeSchema.FileName) != RecipeSchema.Text)
        {
            _streams.Error.WriteLine($"{RecipeSchema.FileName} is that of another version; it stays as it is. Delete it and run init again for this version's.");
        }
    }

    private void Report(RecipeDraft draft, string path)
    {
        foreach (var note in draft.Notes)
        {
            _streams.Error.WriteLine($"note: {note}");
        }

        var table = new TextTable("category", "prompts", "preferences", "experts", "test rows");
        foreach (var category in draft.Categories)
        {
            table.Add(
                category.Name, Count(category.Data.Prompts), Count(category.Data.Preferences),
                category.Capabilities.Count == 0 ? "none" : string.Join(", ", category.Capabilities), Count(category.TestRows));
        }

        table.Write(_streams.Out);
        _streams.Out.WriteLine();
        _streams.Out.WriteLine($"Wrote {path}. Its comments say what is left to decide; it trains as it stands:");
        _streams.Out.WriteLine($"  dmoerm train {(path.Contains(' ') ? $"\"{path}\"" : path)}");
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
