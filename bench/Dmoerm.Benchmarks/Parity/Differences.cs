using System.Globalization;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Numbers against their references, as they come: how many, and the worst absolute difference.</summary>
/// <param name="tolerance">What is allowed, unless a comparison says otherwise.</param>
internal sealed class Differences(double tolerance)
{
    private int _count;
    private double _worst;
    private bool _isMet = true;

    /// <summary>Compares element by element; another shape is an error.</summary>
    public void Add(Tensor actual, Tensor expected, double? allowed = null)
    {
        if (!actual.shape.SequenceEqual(expected.shape))
        {
            throw new InvalidDataException($"Expected the shape [{string.Join(", ", expected.shape)}], came [{string.Join(", ", actual.shape)}].");
        }

        using var scope = NewDisposeScope();
        AddAll(Values(actual), Values(expected), allowed);

        static double[] Values(Tensor tensor) => tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Compares number by number; a list of another length is an error.</summary>
    public void AddAll(IReadOnlyList<double> actual, IReadOnlyList<double> expected, double? allowed = null)
    {
        if (actual.Count != expected.Count)
        {
            throw new InvalidDataException($"Expected {expected.Count} numbers, came {actual.Count}.");
        }

        foreach (var (came, right) in actual.Zip(expected))
        {
            Add(came, right, allowed);
        }
    }

    /// <summary>Compares two numbers; null or not a number is right where the reference is not a number.</summary>
    public void Add(double? actual, double expected, double? allowed = null)
    {
        var difference = double.IsNaN(expected) && (actual is null || double.IsNaN(actual.Value)) ? 0
            : actual is { } came && double.IsFinite(came) ? Math.Abs(came - expected) : double.PositiveInfinity;
        _count++;
        _worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(_worst, difference);
        _isMet &= difference <= (allowed ?? tolerance);
    }

    /// <summary>The row of everything so far.</summary>
    /// <param name="subject">Model or file group.</param>
    /// <param name="compared">What of it.</param>
    /// <param name="also">What else is allowed, for some of the numbers.</param>
    public ParityRow Row(string subject, string compared, string also = "") =>
        new(subject, compared, _count, Number(_worst), Number(tolerance) + also, _count > 0 && _isMet);

    // Two digits: more would change from processor to processor.
    private static string Number(double value) => value == 0 ? "0" : value.ToString("0.#e-0", CultureInfo.InvariantCulture);
}
