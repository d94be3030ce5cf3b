using System.IO.Compression;
using System.Text;

namespace Dmoerm.Cli.Terminal;

/// <summary>A result file that appears whole or not at all: written as <c>FILE.partial</c> and renamed when complete.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private bool _completed;

    /// <summary>Opens the partial file, so that a path that cannot be written fails before any work is done.</summary>
    /// <param name="path">Where the result goes; compressed when it ends in <c>.gz</c>.</param>
    /// <exception cref="IOException">The folder does not exist, or the path is a folder.</exception>
    public OutputFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"The output {path} is a folder; a file is needed.");
        }

        _path = path;
        Stream stream = new FileStream(PartialPath, FileMode.Create, FileAccess.Write, FileShare.Read);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            stream = new GZipStream(stream, CompressionLevel.Optimal);
        }

        Writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
    }

    /// <summary>Takes the content: UTF-8, lines end in a line feed.</summary>
    public TextWriter Writer { get; }

    /// <summary>Where the content stands until it is complete. A device such as <c>/dev/null</c> is written directly.</summary>
    public string PartialPath => IsDevice ? _path : _path + ".partial";

    /// <summary>What was written so far is worth keeping when the work fails: leaves the partial file.</summary>
    public bool KeepPartial { get; set; }

    private bool IsDevice => Path.GetFullPath(_path).StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>The content is complete: closes the file and gives it its name, in place of an older one.</summary>
    public void Complete()
    {
        Writer.Dispose();
        if (!IsDevice)
        {
            File.Move(PartialPath, _path, overwrite: true);
        }

        _completed = true;
    }

    /// <summary>Closes the file; without <see cref="Complete"/> an older file of the name stays as it was.</summary>
    public void Dispose()
    {
        if (_completed)
        {
            return;
        }

        Writer.Dispose();
        if (!KeepPartial && !IsDevice)
        {
            File.Delete(PartialPath);
        }
    }
}
