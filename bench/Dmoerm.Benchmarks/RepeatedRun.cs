namespace Dmoerm.Benchmarks;

/// <summary>Trains the same recipe twice, with as many threads as the machine gives, and compares the models.</summary>
internal static class RepeatedRun
{
    /// <summary>Runs the experiment.</summary>
    /// <returns>0 where the models are equal.</returns>
    public static int Of(string recipe)
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-repeat-").FullName;
        try
        {
            var (first, second) = (Path.Combine(folder, "first"), Path.Combine(folder, "second"));
            TrainProcess.Whole(recipe, first);
            TrainProcess.Whole(recipe, second);
            var difference = TrainProcess.Difference(first, second);
            Console.WriteLine(difference is null ? "The models are equal byte for byte." : $"{difference} differs.");
            return difference is null ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
