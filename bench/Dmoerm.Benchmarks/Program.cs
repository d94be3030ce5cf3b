using Dmoerm.Benchmarks;
using Dmoerm.Benchmarks.Parity;

// Long experiments that prove a promise of the product; docs/log.md has what they gave.
const string Usage = """
    usage: Dmoerm.Benchmarks faults RECIPE       kill `dmoerm train` at its n-th rename, write, truncation and deletion (needs strace), go on, compare the models
           Dmoerm.Benchmarks repeat RECIPE       train twice, compare the models
           Dmoerm.Benchmarks estimates RECIPE    compare what --dry-run says with what a run takes (Linux)
           Dmoerm.Benchmarks exports DIR         train small models of every shape, export their parts in every way, with the logits that PEFT and transformers should give
           Dmoerm.Benchmarks tokenizers          ids and time beside Hugging Face's own library, on real texts and on texts that are made to be slow
           Dmoerm.Benchmarks parity [--write]    compute every reference anew, with the worst differences as a table (in docs/results.md, section parity)
    """;
switch (args)
{
    case ["faults", var recipe]:
        return FaultRun.Of(recipe);
    case ["repeat", var recipe]:
        return RepeatedRun.Of(recipe);
    case ["estimates", var recipe]:
        return EstimateCheck.Of(recipe);
    case ["exports", var folder]:
        return ExportRun.Of(folder);
    case ["tokenizers"]:
        return TokenizerComparison.Run();
    case ["parity"]:
        return ParityRun.Of(write: false);
    case ["parity", "--write"]:
        return ParityRun.Of(write: true);
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
