using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>A template that was read.</summary>
/// <param name="Body">What it does.</param>
/// <param name="Frame">Its names.</param>
/// <param name="Blocks">Its <c>block</c> tags by name.</param>
/// <param name="ReadsClock">It names <c>strftime_now</c>, so that its text may depend on the day.</param>
internal sealed record ParsedTemplate(Statement[] Body, Frame Frame, IReadOnlyDictionary<string, BlockStatement> Blocks, bool ReadsClock);
