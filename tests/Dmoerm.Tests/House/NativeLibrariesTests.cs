namespace Dmoerm.Tests.House;

public sealed class NativeLibrariesTests
{
    [Theory]
    [InlineData(true, 0, null, "AVX512_CORE_BF16")]
    [InlineData(true, 0, "", "AVX512_CORE_BF16")]
    [InlineData(true, 0, "AVX2", null)] // the user's choice stays
    [InlineData(true, 1, null, null)] // whole AMX is worth a lot
    [InlineData(false, 0, null, null)]
    public void LimitFor_OnlyAmxWithoutTiles_IsLimited(bool announced, int palette, string? chosen, string? expected) =>
        Assert.Equal(expected, NativeLibraries.LimitFor((announced, palette), chosen));

    [Fact]
    public void BFloat16Product_InThisProcess_DoesNotDie()
    {
        using var scope = NewDisposeScope();
        var ones = torch.ones(64, 64, dtype: ScalarType.BFloat16);

        Assert.Equal(64f, ones.matmul(ones)[0, 0].to(ScalarType.Float32).item<float>());
    }

    [Theory]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "apt-get install libgomp1")]
    [InlineData("/lib/libstdc++.so.6: cannot open shared object file: No such file", "apt-get install libstdc++6")]
    [InlineData("libc10.so: cannot open shared object file: No such file or directory", "libtorch-cpu-")]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "GLIBCXX_3.4.32")]
    [InlineData("invalid ELF header", "invalid ELF header")]
    [InlineData("", "libtorch-cpu-")]
    [InlineData(null, "add the NuGet package libtorch-cpu-")]
    public void Describe_Complaint_IsOneSentenceThatSaysWhatToInstall(string? complaint, string expected)
    {
        var sentence = NativeLibraries.Describe(complaint);

        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Fact]
    public void Explain_FailureOfAnotherKind_IsNull()
    {
        Assert.Null(NativeLibraries.Explain(new InvalidDataException("bad row")));
        Assert.Null(NativeLibraries.Explain(new NotSupportedException("no such loss")));
        Assert.Null(NativeLibraries.Explain(new TypeInitializationException("Dmoerm.Data.Message", null)));
    }

    [Fact]
    public void Explain_FailureInsideAnother_IsFound()
    {
        Assert.NotNull(NativeLibraries.Explain(new InvalidOperationException("outer", new DllNotFoundException("LibTorchSharp"))));
        Assert.NotNull(NativeLibraries.Explain(new TypeInitializationException("TorchSharp.torch", new NotSupportedException("x"))));
        Assert.NotNull(NativeLibraries.Explain(new BadImageFormatException("LibTorchSharp")));
    }

    [Fact]
    public void Probe_FolderWithoutLibraries_IsNull() =>
        Assert.Null(NativeLibraries.Probe(Path.Combine(AppContext.BaseDirectory, "no-such-folder")));

    [Fact]
    public void Probe_ThisProcess_HasNoComplaint() =>
        Assert.Equal(string.Empty, NativeLibraries.Probe(AppContext.BaseDirectory));

    [Fact]
    public void Probe_BrokenLibrary_GivesTheLoadersWords()
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-native-");
        try
        {
            var name = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
            File.WriteAllText(Path.Combine(folder.FullName, name), "no library");

            var complaint = NativeLibraries.Probe(folder.FullName);

            Assert.False(string.IsNullOrEmpty(complaint));
            Assert.DoesNotContain('\n', complaint);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
