namespace Dubbing.Testing.Measure;

/// <summary>Collects a check's figures and problems.</summary>
internal sealed class Findings(string name)
{
    private const int ShownProblems = 20;

    private readonly OrderedDictionary<string, double> figures = [];
    private readonly List<string> problems = [];
    private int hidden;

    public void Figure(string figure, double value) => figures[figure] = Math.Round(value, 3);

    public void Problem(FormattableString problem) => Problem(FormattableString.Invariant(problem));

    public void Problem(string? problem)
    {
        if (problem is null)
            return;
        if (problems.Count < ShownProblems)
            problems.Add(problem);
        else
            hidden++;
    }

    public CheckResult Result()
    {
        if (hidden > 0)
            problems.Add($"and {hidden} more");
        return new CheckResult(name, problems.Count == 0, figures, problems);
    }
}
