using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Routing;

namespace Dmoerm.Artefacts;

/// <summary>What an artefact holds, in memory.</summary>
public sealed record ArtefactParts : IDisposable
{
    /// <summary>The common backbone, unadapted.</summary>
    public required Backbone Backbone { get; init; }

    /// <summary>Its tokenizer.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>Its chat template; null where every category renders conversations as plain text.</summary>
    public required ChatTemplate? Template { get; init; }

    /// <summary>Longest conversation in tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Responses that are too long were cut in training, so they are cut in use.</summary>
    public bool CutsResponses { get; init; }

    /// <summary>The outer layer; its outputs are in the categories' order.</summary>
    public required TaskRouter Router { get; init; }

    /// <summary>The inner layer.</summary>
    public required IReadOnlyList<ServedCategory> Categories { get; init; }

    /// <summary>How the router reads conversations, before a category is known: as chats, unless every category renders them as text.</summary>
    public Rendering RouterRendering => RenderingOf(Categories.Select(category => category.Source));

    /// <summary>How a router over some categories reads conversations.</summary>
    public static Rendering RenderingOf(IEnumerable<CategorySource> sources) => sources.All(source => source.Render == Rendering.Text) ? Rendering.Text : Rendering.Chat;

    /// <summary>States that a training run has kept already, and the layer that they enter; null computes them.</summary>
    internal (int Layer, Func<IReadOnlyList<EncodedConversation>, Tensor> States)? KeptTrunk { get; init; }

    /// <summary>Frees the backbone; the small tensors of the categories go with their finalisers.</summary>
    public void Dispose()
    {
        foreach (var (_, tensor) in Backbone.Weights.Named())
        {
            tensor.Dispose();
        }

        Backbone.Dispose();
    }
}
