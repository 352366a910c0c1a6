namespace Dubbing.Service.Hooks;

/// <summary>What is wrong with a hook event.</summary>
/// <param name="Field">The field, or <c>body</c>.</param>
/// <param name="Detail">What is wrong with it.</param>
internal sealed record HookFault(string Field, string Detail);
