using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Dubbing.Pipeline.Tests")]
