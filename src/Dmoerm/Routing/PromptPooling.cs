namespace Dmoerm.Routing;

/// <summary>Which states of a prompt the router reads.</summary>
public enum PromptPooling
{
    /// <summary>The mean over the prompt's tokens.</summary>
    Mean,

    /// <summary>The prompt's last token: the last one that the prompt and the whole conversation have in common.</summary>
    Last,
}
