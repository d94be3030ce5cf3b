namespace Dmoerm.Conversations.Templates.Running;

/// <summary>Why a template cannot be read or rendered; <see cref="ChatTemplate"/> turns it into a sentence with file and line.</summary>
/// <param name="message">The reason, without full stop where it is the template's own text.</param>
/// <param name="isRefusal">The template itself refuses the conversation, by <c>raise_exception</c>.</param>
/// <param name="line">1-based line of the template; 0 where the run knows it.</param>
internal sealed class TemplateFault(string message, bool isRefusal = false, int line = 0) : Exception(message)
{
    /// <summary>The template itself refuses the conversation.</summary>
    public bool IsRefusal => isRefusal;

    /// <summary>1-based line of the template; 0 where the run knows it.</summary>
    public int Line => line;
}
