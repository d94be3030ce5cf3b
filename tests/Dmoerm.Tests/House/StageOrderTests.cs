namespace Dmoerm.Tests.House;

public sealed class StageOrderTests
{
    [Fact]
    public void Library_AsItStands_KeepsTheOrder()
    {
        var library = Path.Combine(Repository.Root, "src", "Dmoerm");
        var sources = Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(library, file).Replace('\\', '/'), Text: File.ReadAllText(file)))
            .Where(source => !source.Path.StartsWith("buildTransitive/", StringComparison.Ordinal)) // MSBuild's, not compiled here
            .ToList();

        Assert.True(sources.Count > 15, $"Only {sources.Count} files were found.");
        Assert.Empty(StageOrder.Check(sources));
    }

    [Theory]
    [InlineData("src/Dmoerm/Dmoerm.csproj")]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Build.targets")]
    public void Projects_GlobalUsings_NameNoStage(string file) =>
        Assert.DoesNotContain("<Using Include=\"Dmoerm", Repository.Read(file), StringComparison.Ordinal);

    [Theory]
    [InlineData("using Dmoerm.Training;\nnamespace Dmoerm.Data;")]
    [InlineData("using Dmoerm . Training ;\nnamespace Dmoerm.Data;")]
    [InlineData("using static Dmoerm.Training.Losses;\nnamespace Dmoerm.Data;")]
    [InlineData("using T = Dmoerm.Training.Trainer;\nnamespace Dmoerm.Data;")]
    [InlineData("using T = global::Dmoerm.Training;\nnamespace Dmoerm.Data;")]
    [InlineData("namespace Dmoerm.Data;\nusing Training;")]
    [InlineData("namespace Dmoerm.Data;\nusing T = Training;")]
    public void Check_UsingOfLaterStage_IsFound(string text) => AssertFinds("Data/A.cs", text, "uses the later stage Training");

    [Theory]
    [InlineData("Training.Trainer trainer;")]
    [InlineData("object o = new Training.Trainer();")]
    [InlineData("object o = new @Training . Trainer();")]
    [InlineData("object o = new Dmoerm.Training.Trainer();")]
    [InlineData("object o = new global::Dmoerm.Training.Trainer();")]
    [InlineData("string s = $\"{Training.Losses.Name}\";")]
    [InlineData("string s = $@\"\"\"{Training.Losses.Name}\";")]
    [InlineData("string s = $$\"\"\"{ {{Training.Losses.Name}} }\"\"\";")]
    [InlineData("string s = nameof(Training.Trainer);")]
    [InlineData("string s = \"a\\\\\" + Training.Losses.Name;")]
    [InlineData("char c = '\"'; Training.Trainer trainer;")]
    [InlineData("string s = $\"{new { A = 1 }}\" + Training.Losses.Name;")]
    public void Check_LaterStageWithoutUsing_IsFound(string member) =>
        AssertFinds("Data/A.cs", $"namespace Dmoerm.Data; class A {{ {member} }}", "uses the later stage Training");

    [Theory]
    [InlineData("/// <summary>See <see cref=\"Training.Trainer\"/>.</summary>")]
    [InlineData("/* Training.Trainer */")]
    [InlineData("string s = \"Training.Trainer\";")]
    [InlineData("string s = $\"{{Training.Trainer}}\";")]
    [InlineData("string s = @\"\\\"; string t = \"Training.Trainer\";")]
    [InlineData("string s = \"\"\"a \" Training.Trainer\"\"\";")]
    [InlineData("string s = $$\"\"\"{Training.Trainer}\"\"\";")]
    [InlineData("int n = options.Training.Steps;")]
    [InlineData("int Training { get; }")]
    public void Check_WordsThatAreNoUse_AreLeftAlone(string member) =>
        Assert.Empty(StageOrder.Check([("Data/A.cs", $"namespace Dmoerm.Data; class A {{\n{member}\n}}")]));

    [Fact]
    public void Check_EveryPairOfStages_OnlyLaterOnesAreFound()
    {
        for (var own = 0; own < StageOrder.Stages.Count; own++)
        {
            for (var used = 0; used < StageOrder.Stages.Count; used++)
            {
                var (stage, other) = (StageOrder.Stages[own], StageOrder.Stages[used]);
                var found = StageOrder.Check([($"{stage}/A.cs", $"using Dmoerm.{other};\nnamespace Dmoerm.{stage};")]);
                Assert.Equal(used > own ? 1 : 0, found.Count);
            }
        }
    }

    [Theory]
    [InlineData("Data/A.cs", "namespace Dmoerm.Training;")]
    [InlineData("Data/A.cs", "namespace Dmoerm;")]
    [InlineData("Data/A.cs", "namespace Dmoerm.Data { } namespace Dmoerm.Training { }")]
    [InlineData("Data/A.cs", "class A { }")]
    [InlineData("Data/Readers/A.cs", "namespace Dmoerm.Data;")]
    [InlineData("A.cs", "namespace Dmoerm.Data;")]
    public void Check_NamespaceUnlikeFolder_IsFound(string path, string text) => AssertFinds(path, text, "its folder says");

    [Fact]
    public void Check_NamespaceOfSubfolder_IsFine() =>
        Assert.Empty(StageOrder.Check([("Data/Readers/A.cs", "namespace Dmoerm.Data.Readers;")]));

    [Theory]
    [InlineData("RewardModel model;")]
    [InlineData("Dmoerm.RewardModel model;")]
    [InlineData("global::Dmoerm.ScoreRequest request;")]
    [InlineData("string s = nameof(ScoreRequest);")]
    [InlineData("Verdict verdict;")]
    public void Check_FrontDoorBeforeItsStage_IsFound(string member)
    {
        var found = StageOrder.Check([FrontDoor, ("Routing/A.cs", $"namespace Dmoerm.Routing; class A {{ {member} }}")]);

        Assert.Contains("of the front door", Assert.Single(found), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Artefacts")]
    [InlineData("Evaluation")]
    [InlineData("Policies")]
    public void Check_FrontDoorFromItsStageOn_IsFine(string stage) =>
        Assert.Empty(StageOrder.Check([FrontDoor, ($"{stage}/A.cs", $"namespace Dmoerm.{stage}; class A {{ RewardModel model; }}")]));

    [Fact]
    public void Check_NestedTypesAndConstraintsOfTheFrontDoor_AreNoDoor() => Assert.Empty(StageOrder.Check(
    [
        ("RewardModel.cs", "namespace Dmoerm; class RewardModel<T> where T : class { class Entry { } }"),
        ("Data/A.cs", "namespace Dmoerm.Data; class A { Entry e; }"),
    ]));

    [Fact]
    public void Check_FrontDoorThatUsesItsUsers_IsFound() =>
        AssertFinds("RewardModel.cs", "using Dmoerm.Evaluation;\nnamespace Dmoerm; class RewardModel { }", "uses the later stage Evaluation");

    [Fact]
    public void Check_NativeLibraries_AreForEveryStageAndUseNone()
    {
        Assert.Empty(StageOrder.Check([("NativeLibraries.cs", "namespace Dmoerm; class NativeLibraries { }"), ("Data/A.cs", "namespace Dmoerm.Data; class A { NativeLibraries n; }")]));
        AssertFinds("NativeLibraries.cs", "using Dmoerm.Data;\nnamespace Dmoerm; class NativeLibraries { }", "uses the later stage Data");
    }

    [Fact]
    public void Check_UnknownFolder_IsFound() => AssertFinds("Helpers/A.cs", "namespace Dmoerm.Helpers;", "no stage: Helpers");

    [Fact]
    public void Check_UsingOfUnknownStage_IsFound() => AssertFinds("Data/A.cs", "using Dmoerm.Helpers;\nnamespace Dmoerm.Data;", "unknown stage Helpers");

    [Theory]
    [InlineData("using D = Dmoerm;\nnamespace Dmoerm.Data; class A { D.Training.Trainer t; }")]
    [InlineData("using D = global::Dmoerm;\nnamespace Dmoerm.Data; class A { D::Training.Trainer t; }")]
    public void Check_AliasOfTheRoot_IsFound(string text) => AssertFinds("Data/A.cs", text, "gives the root namespace another name");

    [Fact]
    public void Check_GlobalUsing_IsFound() => AssertFinds("Training/A.cs", "global using Dmoerm.Data;\nnamespace Dmoerm.Training;", "global using");

    private static (string Path, string Text) FrontDoor =>
        ("RewardModel.cs", "namespace Dmoerm; public sealed class RewardModel { } public sealed record ScoreRequest(int A); internal enum Verdict { Good }");

    private static void AssertFinds(string path, string text, string expected) =>
        Assert.Contains(StageOrder.Check([(path, text)]), found => found.Contains(expected, StringComparison.Ordinal));
}
