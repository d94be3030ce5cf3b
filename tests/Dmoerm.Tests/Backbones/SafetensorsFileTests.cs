using System.Buffers.Binary;
using System.Text;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Backbones;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    private string FilePath => Path.Combine(_folder, "a.safetensors");

    [Fact]
    public void Read_WrittenTensors_AreEqualInEveryType()
    {
        using var scope = NewDisposeScope();
        (string, Tensor)[] tensors =
        [
            ("half", tensor(new[] { 1.5f, -2f }).to(ScalarType.Float16)),
            ("brain", tensor(new[] { 1.5f, -2f, 0.25f }).to(ScalarType.BFloat16)),
            ("ids", tensor(new[] { 1L << 40, -1L })),
            ("wide", arange(6, dtype: ScalarType.Float64).view(2, 3).transpose(0, 1)),
            ("single", tensor(3f)),
            ("none", zeros(0, 4)),
        ];
        SafetensorsFile.Write(FilePath, tensors, new Dictionary<string, string> { ["made by"] = "a \"test\"" });
        using var file = SafetensorsFile.Open(FilePath);
        Assert.Equal(6, file.Entries.Count);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("a \"test\"", file.Metadata["made by"]);
        foreach (var (name, expected) in tensors)
        {
            var read = file.Read(name);
            Assert.Equal(expected.dtype, read.dtype);
            Assert.Equal(expected.shape, read.shape);
            Assert.True(read.equal(expected).all().item<bool>(), name);
        }

        Assert.Equal([1.5, -2, 0.25], file.Read("brain", ScalarType.Float64).data<double>().ToArray());
    }

    [Fact]
    public void Write_SameTensorsInAnyOrder_GivesTheSameAlignedBytes()
    {
        using var scope = NewDisposeScope();
        (string, Tensor)[] tensors = [("b", ones(3)), ("a", zeros(2)), ("c", ones(2, dtype: ScalarType.Int64))];
        SafetensorsFile.Write(FilePath, tensors);
        var first = File.ReadAllBytes(FilePath);
        SafetensorsFile.Write(FilePath, tensors.Reverse());
        Assert.Equal(first, File.ReadAllBytes(FilePath));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(first) % 8);
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_NameTwiceOrOtherType_IsRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(FilePath, [("a", ones(1)), ("a", ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(FilePath, [("a", ones(1, dtype: ScalarType.Int32))]));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "'b' begins at byte 4 and overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "'a' begins at byte 4 and leaves a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "describes 8 bytes of tensors, but the file has 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes, but its offsets span 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}""", "no negative size, but has data_offsets [0, 12] and shape [-3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[-12,0]}}""", "neither negative nor falling")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}""", "neither negative nor falling")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[-9223372036854775808,9223372036854775807]}}""", "neither negative nor falling")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12000000000000000000000]}}""", "the header is not what")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,12]}}""", "but its offsets span 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0]}}""", "should have two offsets")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[12],"data_offsets":[0,12]}}""", "'a' is stored as F8_E4M3; this version reads F64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "'a' is there twice")]
    [InlineData("""{"a":{"shape":[3],"data_offsets":[0,12]}}""", "the header is not what")]
    [InlineData("""{"a":[]}""", "the header is not what")]
    [InlineData("""[]""", "the header is not what")]
    [InlineData("""{"a":""", "the header is not what")]
    public void Open_HeaderThatDoesNotFit_IsRefused(string header, string problem) => Refused(Header(header, 12), problem);

    [Fact]
    public void Open_GiantHeader_IsRefusedBeforeItIsRead()
    {
        var bytes = Header("{}", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Refused(bytes, "the header claims 18446744073709551615 bytes");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 10_000_000_000);
        Refused(bytes, "the header claims 10000000000 bytes, but the file has 2 left and a header at most 100000000");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 1 << 20);
        Refused(bytes, "the header claims 1048576 bytes, but the file has 2 left");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_FileThatIsTooShort_IsRefused(int length) => Refused(new byte[length], $"{length} bytes are too few");

    [Fact]
    public void Open_CutFile_IsRefused()
    {
        var whole = File.ReadAllBytes(TestFolders.Fixture("models", "llama", "base", "model.safetensors"));
        Refused(whole[..^1], "it was cut or changed");
        Refused(whole[..200], "the header claims");
    }

    [Fact]
    public void ReadRows_PartOfATensor_IsThatPart()
    {
        using var scope = NewDisposeScope();
        var whole = arange(24, dtype: ScalarType.Float32).view(4, 3, 2);
        SafetensorsFile.Write(FilePath, [("a", whole), ("b", ones(3))]);
        using var file = SafetensorsFile.Open(FilePath);
        Assert.True(file.ReadRows("a", 1, 2).equal(whole[1..3]).all().item<bool>());
        Assert.Equal([3L], file.ReadRows("b", 0, 3).shape);
        foreach (var (first, count) in ((long, long)[])[(-1, 2), (3, 2), (0, long.MaxValue), (2, -1)])
        {
            Assert.Contains("'a' has shape [4, 3, 2]", Assert.Throws<InvalidDataException>(() => file.ReadRows("a", first, count)).Message);
        }
    }

    [Fact]
    public void Take_WholeNumbers_AreNoWeights()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(FilePath, [("a", ones(3, dtype: ScalarType.Int64))]);
        using var file = SafetensorsFile.Open(FilePath);
        Assert.Contains($"{FilePath}: tensor a is stored as Int64", Assert.Throws<InvalidDataException>(() => file.Take("a", [3])).Message);
    }

    [Fact]
    public void Read_UnknownName_NamesTheFile()
    {
        File.WriteAllBytes(FilePath, Header("{}", 0));
        using var file = SafetensorsFile.Open(FilePath);
        Assert.Contains($"{FilePath}: there is no tensor 'x'", Assert.Throws<InvalidDataException>(() => file.Read("x")).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Header(string json, int dataBytes)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    private void Refused(byte[] bytes, string problem)
    {
        File.WriteAllBytes(FilePath, bytes);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(FilePath));
        Assert.StartsWith(FilePath, error.Message);
        Assert.Contains(problem, error.Message);
    }
}
