using Dmoerm.Training.Reports;

namespace Dmoerm.Tests.Training.Reports;

public sealed class EventFileTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The check value that lists of checksums give for this one.
    [Fact]
    public void Crc32C_NineDigits_IsTheCheckValue() => Assert.Equal(0xE3069283, EventRecords.Crc32C("123456789"u8));

    [Fact]
    public void Scalar_Written_ReadsBack()
    {
        using (var file = new EventFile(_folder, new FixedClock(1234.5)))
        {
            file.Scalar("loss/überall", 3, 0.625);
            file.Scalar("loss/nowhere", 4, double.NaN);
        }

        var events = EventRecords.Read(Path.Combine(_folder, EventFile.Name));
        Assert.Equal((3, 1234.5, "loss/überall", 0.625f), (events[0].Step, events[0].WallTime, events[0].Summary.Value[0].Tag, events[0].Summary.Value[0].SimpleValue));
        Assert.True(float.IsNaN(events[1].Summary.Value[0].SimpleValue));
        Assert.Equal(2, events.Count);
    }

    [Fact]
    public void Scalar_SameEvent_HasTheBytesOfTorchSharpsWriter()
    {
        var theirs = Path.Combine(_folder, "theirs");
        var writer = utils.tensorboard.SummaryWriter(theirs);
        writer.add_scalar("loss", 0.1f, 7, walltime: 0);
        using (var file = new EventFile(Path.Combine(_folder, "ours"), new FixedClock(0)))
        {
            file.Scalar("loss", 7, 0.1f);
        }

        // The first record holds their clock.
        var expected = EventRecords.Frames(Assert.Single(Directory.GetFiles(theirs))).Skip(1);
        Assert.Equal(expected, EventRecords.Frames(Path.Combine(_folder, "ours", EventFile.Name)).Skip(1));
    }

    [Fact]
    public void File_NameAndContent_TellNoMachine()
    {
        using (var file = new EventFile(_folder, new FixedClock(0)))
        {
            file.Scalar("loss", 1, 1);
        }

        Assert.Equal(["events.out.tfevents.dmoerm"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        Assert.DoesNotContain(Environment.MachineName, File.ReadAllText(Path.Combine(_folder, EventFile.Name)), StringComparison.Ordinal);
    }

    private sealed class FixedClock(double seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
    }
}
