using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dmoerm.Hub.Transfers;

/// <summary>The hash that the hub names a file's bytes by.</summary>
/// <remarks>Large files (LFS): SHA-256 of the bytes. Others: git's name of a blob, SHA-1 of <c>blob LENGTH</c>, a zero byte, and the bytes. The length of the hash tells which.</remarks>
internal static class BlobHash
{
    /// <summary>Digits of the hash of a large file.</summary>
    public const int LargeLength = 64;

    private const int SmallLength = 40;

    /// <summary>Whether a text is one of the two.</summary>
    public static bool IsOne(string text) => text.Length is SmallLength or LargeLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Hashes a file in the way of an expected hash.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">The expected hash; its length says which kind it is.</param>
    public static string Of(string path, string expected)
    {
        using var stream = File.OpenRead(path);
        if (expected.Length == LargeLength)
        {
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }

#pragma warning disable CA5350 // git's own name of the content, not a choice of ours
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = new byte[1 << 17];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
