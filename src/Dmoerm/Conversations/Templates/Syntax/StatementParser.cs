using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads a template: text, printed values and tags.</summary>
internal sealed class StatementParser
{
    private readonly TokenStream _tokens;
    private readonly ParseNotes _notes = new();
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;
    private readonly FunctionParser _functions;
    private readonly Stack<string> _open = new();
    private int _loops;

    private StatementParser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens, _notes);
        _targets = new TargetParser(tokens, _notes, _expressions);
        _functions = new FunctionParser(tokens, _notes, _expressions, _targets, Function);
    }

    /// <summary>Reads a template's source.</summary>
    /// <exception cref="TemplateFault">It is no template, or uses what there is not; with its line.</exception>
    public static ParsedTemplate Read(string source)
    {
        if (source.Length > TemplateLimits.Source)
        {
            throw new TemplateFault($"a template of {source.Length} characters; at most {TemplateLimits.Source} are read", line: 1);
        }

        var parser = new StatementParser(new TokenStream(Lexer.Read(source)));
        var body = parser.Body();
        parser._notes.Check();
        return new ParsedTemplate(body, parser._notes.Frame, parser._functions.Blocks, parser._notes.ReadsClock);
    }

    // Up to one of the tags that end it, whose name is looked at then; or up to the template's end where there are none.
    private Statement[] Body(params string[] ends)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextStatement(token.Text));
                    break;
                case TokenKind.PrintBegin:
                    body.Add(new PrintStatement(_expressions.Tuple(), token.Line));
                    _tokens.Expect(TokenKind.PrintEnd);
                    break;
                case TokenKind.BlockBegin when _tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text):
                    return [.. body];
                case TokenKind.BlockBegin:
                    body.AddRange(_tokens.Nested(Tag));
                    _tokens.Expect(TokenKind.BlockEnd);
                    break;
                default:
                    return ends.Length == 0 ? [.. body] : throw _tokens.Fault(
                        $"Unexpected end of template. Jinja was looking for the following tags: {string.Join(" or ", ends.Select(end => $"'{end}'"))}. The innermost block that needs to be closed is '{_open.Peek()}'.");
            }
        }
    }

    private IEnumerable<Statement> Tag()
    {
        var line = _tokens.Current.Line;
        var name = _tokens.Current.Kind == TokenKind.Name ? _tokens.Next().Text : throw _tokens.Fault("tag name expected");
        switch (name)
        {
            case "print":
                return Prints(line);
            case "include" or "extends" or "import" or "from":
                SkipTag();
                return [new LoaderStatement(line)];
            case "break" or "continue":
                return _loops > 0 ? [new FlowStatement(name == "break" ? Flow.Break : Flow.Continue)] : throw _tokens.Fault($"'{name}' outside loop");
            case "set":
                return [Set(line)];
        }

        _open.Push(name);
        Statement statement = name switch
        {
            "if" => If(),
            "for" => For(line),
            "macro" => _functions.Macro(),
            "call" => _functions.Call(line),
            "with" => With(line),
            "filter" => _functions.Filter(line),
            "block" => _functions.Block(),
            "generation" => _functions.Generation(),
            "autoescape" => throw _tokens.Fault("the tag 'autoescape' of Jinja is not supported here"),
            _ => throw new TemplateFault($"Encountered unknown tag '{name}'.{Wanted(name)}", line: line),
        };
        _open.Pop();
        return [statement];
    }

    private string Wanted(string name) => name.StartsWith("end", StringComparison.Ordinal) || name is "else" or "elif"
        ? _open.Skip(1).FirstOrDefault() is { } open ? $" The innermost block that needs to be closed is '{open}'." : " No block is open there."
        : "";

    private List<Statement> Prints(int line)
    {
        var prints = new List<Statement>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            prints.Add(new PrintStatement(_expressions.Read(), line));
        }

        return prints;
    }

    // What it would load does not matter: there is nothing to load from.
    private void SkipTag()
    {
        _expressions.Read();
        while (_tokens.Current.Kind is TokenKind.Name || _tokens.IsOperator(","))
        {
            _tokens.Next();
        }
    }

    // A body with its last tag, of which nothing but the end is left.
    private Statement[] Closed(string end)
    {
        _tokens.Expect(TokenKind.BlockEnd);
        var body = Body(end);
        _tokens.Next();
        return body;
    }

    private IfStatement If()
    {
        var mark = _notes.Mark;
        var branches = new List<(Expression, Statement[], int)>();
        Statement[] otherwise = [];
        string end;
        do
        {
            var line = _tokens.Current.Line;
            var test = _expressions.Tuple(withCondition: false);
            _tokens.Expect(TokenKind.BlockEnd);
            _notes.Frame.Branch(isEntered: true);
            branches.Add((test, Body("elif", "else", "endif"), line));
            end = _tokens.Next().Text;
        }
        while (end == "elif");
        if (end == "else")
        {
            otherwise = Closed("endif");
        }

        branches.ForEach(_ => _notes.Frame.Branch(isEntered: false));
        _notes.Forgive(mark);
        return new IfStatement([.. branches], otherwise);
    }

    private ForStatement For(int line)
    {
        var target = _targets.Read();
        _tokens.ExpectName("in");
        var items = _expressions.Tuple(withCondition: false);
        var mark = _notes.Mark;
        var test = _tokens.SkipName("if") ? _notes.Inside(() => _expressions.Read(), target.Names).Part : null;
        var isRecursive = _tokens.SkipName("recursive");
        _tokens.Expect(TokenKind.BlockEnd);
        _loops++;
        var body = _notes.Inside(() => Body("endfor", "else"), target.Names);
        _loops--;
        var otherwise = _notes.Inside(() => _tokens.Next().Text == "else" ? Closed("endfor") : []);
        _notes.Settle(mark);
        return new ForStatement(new LoopParts(target, items, test, body, otherwise, isRecursive), line);
    }

    private Statement Set(int line)
    {
        var target = _targets.Read(withMembers: true);
        if (_tokens.SkipOperator("="))
        {
            var value = _expressions.Tuple();
            Sets(target.Names);
            return new SetStatement(target, value, line);
        }

        Sets(target.Names);
        _open.Push("set");
        var (set, frame) = _notes.Inside(() => (Filter: _tokens.SkipOperator("|") ? _expressions.Operands.Filters.OfBlock() : null, Body: Closed("endset")));
        _open.Pop();
        return new SetBlockStatement(target, set.Filter, (set.Body, frame), line);
    }

    private void Sets(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _notes.Frame.Sets(name);
        }
    }

    private WithStatement With(int line)
    {
        var names = new List<(Target Target, Expression Value)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (names.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            var target = _targets.Read();
            _tokens.ExpectOperator("=");
            names.Add((target, _expressions.Read()));
        }

        return new WithStatement([.. names], _notes.Inside(() => Closed("endwith"), names.SelectMany(name => name.Target.Names)), line);
    }

    // A loop around it cannot be left from inside.
    private Statement[] Function(string end)
    {
        var loops = _loops;
        _loops = 0;
        var body = Closed(end);
        _loops = loops;
        return body;
    }
}

/// <summary>A template that was read.</summary>
/// <param name="Body">What it does.</param>
/// <param name="Frame">Its names.</param>
/// <param name="Blocks">Its <c>block</c> tags by name.</param>
/// <param name="ReadsClock">It names <c>strftime_now</c>, so that its text may depend on the day.</param>
internal sealed record ParsedTemplate(Statement[] Body, Frame Frame, IReadOnlyDictionary<string, BlockStatement> Blocks, bool ReadsClock);
