namespace Dmoerm.Training.Fitting;

/// <summary>One evaluation of a fit in progress.</summary>
/// <param name="Judged">What each scorer learns: a capability, or null for the overall preference. The other lists are in this order.</param>
/// <param name="LearningRate">The peak rate that is tried.</param>
/// <param name="Step">Steps taken at this rate; 0 is the start.</param>
/// <param name="Epoch">Passes over the data at this rate, counted from 0 at the start.</param>
/// <param name="TrainingLosses">Each scorer's mean loss of the steps since the last look, in nats; null without one.</param>
/// <param name="GradientNorms">Each scorer's mean norm of the gradient before clipping over the same steps; null without one.</param>
/// <param name="ValidationLosses">Each scorer's validation loss in nats, null for one without labels; null where nothing validates.</param>
/// <param name="Rates">The learning rate of each scorer's last update, as warm-up and schedule have made it.</param>
public sealed record FitLook(
    IReadOnlyList<string?> Judged, double LearningRate, int Step, double Epoch,
    IReadOnlyList<double?> TrainingLosses, IReadOnlyList<double?> GradientNorms, IReadOnlyList<double?>? ValidationLosses, IReadOnlyList<double> Rates);
