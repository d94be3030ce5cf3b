namespace Dmoerm.Training.Stages;

/// <summary>What a stage keeps: a text and named tensors.</summary>
/// <param name="Json">What is no tensor; empty for nothing.</param>
/// <param name="Tensors">By name; those that were read lie in torch's own memory and belong to the reader's dispose scope.</param>
public sealed record StageState(string Json, IReadOnlyDictionary<string, Tensor> Tensors);
