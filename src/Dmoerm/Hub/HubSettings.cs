using System.Text.RegularExpressions;

namespace Dmoerm.Hub;

/// <summary>Where the hub is, where its files are kept, and who asks.</summary>
/// <remarks>
/// The variables and their defaults are those of huggingface_hub (constants.py), so that both use one cache and one token: <c>HF_ENDPOINT</c>; <c>HF_HUB_CACHE</c>, then <c>HF_HOME</c>;
/// <c>HF_TOKEN</c>, then the file <c>HF_TOKEN_PATH</c> or <c>token</c> in <c>HF_HOME</c>; <c>HF_HUB_OFFLINE</c>; <c>HF_HUB_DISABLE_IMPLICIT_TOKEN</c>.
/// </remarks>
public sealed partial record HubSettings
{
    /// <summary>The hub where <c>HF_ENDPOINT</c> names no other.</summary>
    public const string DefaultEndpoint = "https://huggingface.co";

    private static readonly string[] True = ["1", "ON", "YES", "TRUE"];

    /// <summary>The server's address, without a slash at its end.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The folder of the cache.</summary>
    public required string Cache { get; init; }

    /// <summary>Opens private and gated repositories; null for none.</summary>
    public HubToken? Token { get; init; }

    /// <summary>Use what the cache holds and ask no server.</summary>
    public bool Offline { get; init; }

    /// <summary>How often one request is tried before it has failed; what brings new bytes starts the count anew.</summary>
    internal int Attempts { get; init; } = 5;

    /// <summary>Wait before the second attempt; doubled before each further one.</summary>
    internal TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>A server that asks for a longer wait is not waited for.</summary>
    internal TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection that brings nothing for so long is broken.</summary>
    internal TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that are free where a folder lies.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Reads the settings from the environment's variables.</summary>
    /// <param name="variable">Gives a variable's value or null; null asks the process.</param>
    /// <exception cref="InvalidDataException"><c>HF_ENDPOINT</c> is no address, or the token holds what cannot stand in a request.</exception>
    public static HubSettings FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string Folder(string path) => Expanded(path, Value);
        var home = Folder(Value("HF_HOME") ?? Path.Combine(Value("XDG_CACHE_HOME") ?? Path.Combine("~", ".cache"), "huggingface"));
        return new HubSettings
        {
            Endpoint = CheckedEndpoint(Value("HF_ENDPOINT") ?? DefaultEndpoint),
            Cache = Path.GetFullPath(Folder(Value("HF_HUB_CACHE") ?? Value("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"))),
            Token = IsTrue(Value("HF_HUB_DISABLE_IMPLICIT_TOKEN")) ? null : TokenOf(Value, Folder(Value("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))),
            Offline = IsTrue(Value("HF_HUB_OFFLINE") ?? Value("TRANSFORMERS_OFFLINE")),
        };
    }

    private static HubToken? TokenOf(Func<string, string?> value, string path)
    {
        foreach (var name in (string[])["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
        {
            if (value(name) is { } token && token.Trim().Length > 0)
            {
                return new HubToken(token, name);
            }
        }

        return File.Exists(path) && File.ReadAllText(path) is var content && content.Trim().Length > 0 ? new HubToken(content, path) : null;
    }

    private static string CheckedEndpoint(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0
        ? text.TrimEnd('/')
        : throw new InvalidDataException($"HF_ENDPOINT: expected an address that begins with http:// or https://, came '{text}'.");

    private static bool IsTrue(string? value) => value is not null && True.Contains(value.ToUpperInvariant());

    // As Python's expanduser and expandvars: a tilde at the beginning, $NAME and ${NAME}; what is not set stays as it is.
    private static string Expanded(string path, Func<string, string?> value)
    {
        var home = value("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var whole = path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith(@"~\", StringComparison.Ordinal) ? home + path[1..] : path;
        return Variable().Replace(whole, match => value(match.Groups["name"].Value) ?? match.Value);
    }

    [GeneratedRegex(@"\$(?:(?<name>\w+)|\{(?<name>\w+)\})")]
    private static partial Regex Variable();
}
