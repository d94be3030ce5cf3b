using System.Text;

namespace Dmoerm;

/// <summary>Files and folders that appear whole or not at all, whenever the process is killed.</summary>
/// <remarks>
/// At the library's root because several stages write with it; it knows none of them. A file is written beside its place as
/// <c>NAME.partial</c>, closed, and renamed, which a file system does at once or not at all. Source: ours.
/// </remarks>
internal static class DurableFile
{
    /// <summary>The end of the name of what is not whole yet.</summary>
    public const string Partial = ".partial";

    /// <summary>Told before and after everything that changes the disk, with the path that it is about; a test throws from it, as if the process had been killed there.</summary>
    public static Action<Moment, string>? Watch { get; set; }

    /// <summary>Writes a file, in place of an older one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Writes the content.</param>
    /// <param name="flush">Waits until the content is on the disk itself, so that it outlives a loss of power too.</param>
    public static void Write(string path, Action<Stream> content, bool flush = false) => Write(path, content, flush, _ => path);

    /// <summary>The same where the whole content decides on the name.</summary>
    /// <param name="path">Names the partial file.</param>
    /// <param name="content">Writes the content.</param>
    /// <param name="flush">Waits until the content is on the disk itself.</param>
    /// <param name="place">From the whole partial file's path to the file's own.</param>
    /// <returns>The file's path.</returns>
    public static string Write(string path, Action<Stream> content, bool flush, Func<string, string> place)
    {
        var partial = path + Partial;
        Reach(Moment.Starting, path);
        try
        {
            using (var stream = File.Create(partial))
            {
                content(stream);
                stream.Flush(flush);
            }

            var final = place(partial);
            Reach(Moment.Written, partial);
            File.Move(partial, final, overwrite: true);
            Reach(Moment.Renamed, final);
            return final;
        }
        catch
        {
            // A full disk has more need of the room than anyone of a half file.
            TryDelete(partial);
            throw;
        }
    }

    /// <summary>Writes a text in UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Copies a file.</summary>
    public static void Copy(string from, string to) => Write(to, stream =>
    {
        using var source = File.OpenRead(from);
        source.CopyTo(stream);
    });

    /// <summary>Renames a folder whose files are whole.</summary>
    public static void MoveFolder(string from, string to)
    {
        // Side by side: a file system writes many files at once in hardly more time than one.
        Parallel.ForEach(Directory.GetFiles(from, "*", SearchOption.AllDirectories), path =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        });
        Reach(Moment.Written, from);
        Directory.Move(from, to);
        Reach(Moment.Renamed, to);
    }

    /// <summary>Deletes a file that may be there.</summary>
    public static void Delete(string path)
    {
        Reach(Moment.Deleting, path);
        File.Delete(path);
    }

    /// <summary>Fills a folder under another name beside its place and gives it its name when it is whole; what is left of an attempt that was killed is cleared first.</summary>
    /// <param name="folder">Must not exist.</param>
    /// <param name="fill">Given the folder to fill.</param>
    public static void CreateFolder(string folder, Action<string> fill)
    {
        var partial = folder + Partial;
        DeleteFolder(partial);
        try
        {
            fill(partial);
            MoveFolder(partial, folder);
        }
        finally
        {
            DeleteFolder(partial);
        }
    }

    /// <summary>Deletes a folder that may be there, with all that it holds.</summary>
    public static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Reach(Moment.Deleting, path);
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Tells whoever watches.</summary>
    public static void Reach(Moment moment, string path) => Watch?.Invoke(moment, path);

    private static void TryDelete(string partial)
    {
        try
        {
            Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || Watch is not null)
        {
            // What stopped the write is the news; the next write of this file replaces the half one.
        }
    }

    /// <summary>Where in a change of the disk.</summary>
    public enum Moment
    {
        /// <summary>Nothing is written yet.</summary>
        Starting,

        /// <summary>The content is written, the name is still the partial one.</summary>
        Written,

        /// <summary>The name is the final one.</summary>
        Renamed,

        /// <summary>Something is about to be deleted.</summary>
        Deleting,
    }
}
