namespace Dmoerm.Benchmarks;

/// <summary>Kills training at chosen system calls, again and again on one folder, and compares the model with that of a calm run.</summary>
/// <remarks>strace ends the process with SIGKILL when a thread enters its n-th call of a kind, before the call is made.</remarks>
internal static class FaultRun
{
    private const int MostLives = 400;

    // The n-th call of a life: the first lets a life do nothing, so the later ones bring the run on.
    private static readonly (string Calls, int[] Numbers)[] Faults =
    [
        ("rename,renameat,renameat2", [2, 5, 3, 8, 4]),
        ("pwrite64,write", [40, 75, 33, 120, 64]),
        ("unlink,unlinkat,rmdir", [1, 3, 2, 6, 4]),
        ("ftruncate,fsync", [3, 2, 4, 7, 5]),
    ];

    /// <summary>Runs the experiment.</summary>
    /// <returns>0 where all models are equal.</returns>
    public static int Of(string recipe)
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-faults-").FullName;
        var failed = 0;
        try
        {
            var calm = Path.Combine(folder, "calm");
            TrainProcess.Whole(recipe, calm);
            foreach (var (calls, numbers) in Faults)
            {
                var run = Path.Combine(folder, calls.Split(',')[0]);
                var kills = KillUntilWhole(recipe, run, calls, numbers);
                var difference = TrainProcess.Difference(calm, run);
                failed += difference is null ? 0 : 1;
                Console.WriteLine($"{calls}: killed {kills} times, {(difference is null ? "the model is equal byte for byte" : $"{difference} differs")}.");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return failed == 0 ? 0 : 1;
    }

    private static int KillUntilWhole(string recipe, string run, string calls, int[] numbers)
    {
        for (var life = 0; life < MostLives; life++)
        {
            // After many lives the numbers grow, so that the last stages, which have more calls between two results, are passed too.
            var number = numbers[life % numbers.Length] * (1 + life / 20);
            string[] strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:signal=KILL:when={number}"];
            using var process = TrainProcess.Start(recipe, run, strace);
            var (code, _, error) = TrainProcess.End(process);
            if (code == 0)
            {
                return life;
            }

            if (code == 1)
            {
                throw new InvalidOperationException($"train failed after {life} kills: {error}");
            }
        }

        throw new InvalidOperationException($"The run was not whole after {MostLives} lives.");
    }
}
