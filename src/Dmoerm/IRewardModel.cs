namespace Dmoerm;

/// <summary>Whatever gives rewards to conversations: a model that <c>train</c> wrote (<see cref="RewardModel"/>), or one that others trained (<see cref="ClassifierModel"/>).</summary>
public interface IRewardModel : IDisposable
{
    /// <summary>The categories, in the model's order; empty for a model that knows none.</summary>
    IReadOnlyList<CategoryProfile> Categories { get; }

    /// <summary>Scores conversations; results come in the order of the requests.</summary>
    /// <exception cref="ArgumentException">A request or an option asks for what the model does not have, such as a category.</exception>
    /// <exception cref="InvalidDataException">A conversation cannot be rendered, or is too long and <see cref="ScoreOptions.Truncate"/> is false.</exception>
    IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null);
}
