namespace Dubbing.Service.Configuration;

/// <summary>A value of a publish URL's query that is not valid; what would be in force without it is.</summary>
/// <param name="Key">The key in the query.</param>
/// <param name="Problem">What is wrong with it, and what would be right.</param>
public sealed record RejectedSetting(string Key, string Problem);
