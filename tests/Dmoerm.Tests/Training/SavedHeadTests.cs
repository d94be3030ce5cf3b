using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Training;

/// <summary>A head that is lost between memory and disk fails the run.</summary>
public sealed class SavedHeadTests
{
    [Theory]
    [InlineData("experts/story/care/adapter_model.safetensors", "the expert 'care' of category 'story'")]
    [InlineData("experts/story/base/adapter_model.safetensors", "the base of category 'story'")]
    public void Run_FileThatIsChangedAfterItWasWritten_Fails(string file, string named)
    {
        var error = Assert.ThrowsAny<InvalidDataException>(() =>
        {
            DurableFile.Watch = (moment, path) =>
            {
                if (moment == DurableFile.Moment.Renamed && path.Replace('\\', '/').EndsWith(file, StringComparison.Ordinal))
                {
                    DurableFile.Watch = null;
                    Randomise(path);
                }
            };
            try
            {
                using var run = new TrainedRun();
            }
            finally
            {
                DurableFile.Watch = null;
            }
        });
        Assert.Contains($"saved and read again, {named} gives rewards that are up to", error.Message);
    }

    // As if the head had been drawn anew on loading: right in shape, and in the manifest's hashes, which are taken later.
    private static void Randomise(string path)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        (string Name, Tensor Tensor)[] tensors;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = [.. file.Entries.Keys.Select(name => (name, name.EndsWith("score.weight", StringComparison.Ordinal) ? randn(file.Entries[name].Shape.ToArray(), generator: random) : file.Read(name)))];
        }

        SafetensorsFile.Write(path, tensors);
    }
}
