using System.Text.RegularExpressions;

namespace Dmoerm.Tests.House;

/// <summary>Inside training, too, the folders are the flow: a room uses earlier rooms only.</summary>
public sealed partial class TrainingRoomTests
{
    private static readonly string[] Rooms = ["Settings", "Stages", "Trunks", "Steps", "Fitting", "Labels", "Phases", "Examples", "Categories", "Estimates", "Reports", "Starts", "Runs", "Intake"];

    [Fact]
    public void Rooms_AsTheyStand_UseEarlierOnesOnly()
    {
        var training = Path.Combine(Repository.Root, "src", "Dmoerm", "Training");
        var later = new List<string>();
        foreach (var file in Directory.EnumerateFiles(training, "*.cs", SearchOption.AllDirectories))
        {
            var room = Array.IndexOf(Rooms, Path.GetFileName(Path.GetDirectoryName(file)));
            Assert.True(room >= 0, $"{file} lies in no room of training: {string.Join(", ", Rooms)}.");
            later.AddRange(Uses().Matches(File.ReadAllText(file)).Select(use => use.Groups[1].Value)
                .Where(used => Array.IndexOf(Rooms, used) is var place && (place < 0 || place > room)).Select(used => $"{file} uses {used}"));
        }

        Assert.Empty(later);
    }

    [GeneratedRegex(@"\bDmoerm\.Training\.(\w+)")]
    private static partial Regex Uses();
}
