//! From tokens to the syntax tree, by recursive descent of bounded depth.

use std::ops::Range;

use super::{
    fault::Mistake,
    syntax::{Argument, Form, Statement, Tree, is_matrix},
    token::{Placed, Token, tokens},
};

/// The deepest nesting of parentheses, calls, brackets, signs and matrices.
const MAX_DEPTH: usize = 64;

const LACKS_SIGN: &str =
    "write `*` between factors; only a matrix, a capital letter, stands before a vector without a sign";

/// How many mistakes are named at once.
const MAX_MISTAKES: usize = 20;

/// The statements of `text`, and the mistakes in the others.
pub(super) fn statements(text: &str) -> (Vec<Statement>, Vec<Mistake>) {
    let (statements, value, mistakes) = Parser::read(text, |parser| parser.statement().map(Line::Statement));
    debug_assert!(value.is_none(), "no statement is a value");
    (statements, mistakes)
}

/// The statements of `text` and the value behind them, such as `m = abs(x); m / (1 + m)`.
pub(super) fn value(text: &str) -> (Vec<Statement>, Option<Tree>, Vec<Mistake>) {
    let (statements, value, mut mistakes) = Parser::read(text, Parser::statement_or_value);
    if value.is_none() && mistakes.is_empty() {
        let end = text.trim_end().len();
        mistakes.push(Mistake::new(end..end, "there is no value", "end with an expression such as `tanh(x)`"));
    }
    (statements, value, mistakes)
}

enum Line {
    Statement(Statement),
    Value(Tree),
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Placed<'t>>,
    at: usize,
    depth: usize,
    /// Open parentheses and brackets, in which lines do not end.
    brackets: usize,
}

impl<'t> Parser<'t> {
    fn read(
        text: &'t str,
        line: impl Fn(&mut Self) -> Result<Line, Mistake>,
    ) -> (Vec<Statement>, Option<Tree>, Vec<Mistake>) {
        let tokens = match tokens(text) {
            Ok(tokens) => tokens,
            Err(mistake) => return (vec![], None, vec![mistake]),
        };
        let mut parser = Self { text, tokens, at: 0, depth: 0, brackets: 0 };
        let (mut statements, mut value, mut mistakes) = (vec![], None, vec![]);
        while parser.skip_lines() != Token::End && mistakes.len() < MAX_MISTAKES {
            (parser.depth, parser.brackets) = (0, 0);
            if let Some(Tree { span, .. }) = &value {
                let help = "end with one value; give others a name, as in `a = …`";
                mistakes.push(Mistake::new(Range::clone(span), "a value stands before the last line", help));
                break;
            }
            match line(&mut parser).and_then(|found| parser.end_of_line().map(|()| found)) {
                Ok(Line::Statement(statement)) => statements.push(statement),
                Ok(Line::Value(tree)) => value = Some(tree),
                Err(mistake) => {
                    mistakes.push(mistake);
                    while !matches!(parser.tokens[parser.at].0, Token::Line | Token::End) {
                        parser.at += 1;
                    }
                }
            }
        }
        (statements, value, mistakes)
    }

    /// The next token, lines within brackets left out.
    fn peek(&mut self) -> Token<'t> {
        if self.brackets > 0 { self.skip_lines() } else { self.tokens[self.at].0 }
    }

    fn skip_lines(&mut self) -> Token<'t> {
        while self.tokens[self.at].0 == Token::Line {
            self.at += 1;
        }
        self.tokens[self.at].0
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    /// Where the token before this one ends.
    fn end(&self) -> usize {
        self.tokens[self.at.saturating_sub(1)].1.end
    }

    /// Takes the next token if it is `token`.
    fn takes(&mut self, token: Token<'_>) -> bool {
        let takes = self.peek() == token;
        self.at += usize::from(takes);
        takes
    }

    /// Takes the next token if it is an operator for which there is a `meaning`, also from the beginning of the next line.
    fn operator<T>(&mut self, meaning: impl Fn(Token<'t>) -> Option<T>) -> Option<T> {
        let before = self.at;
        let found = meaning(self.skip_lines());
        self.at = if found.is_some() { self.at + 1 } else { before };
        if found.is_some() {
            self.skip_lines();
        }
        found
    }

    fn shown(&mut self) -> String {
        let token = self.peek();
        token.shown(&self.text[self.span()])
    }

    fn expect(&mut self, token: Token<'_>, sign: &str, help: &str) -> Result<(), Mistake> {
        if self.takes(token) {
            return Ok(());
        }
        let found = self.shown();
        Err(Mistake::new(self.span(), format!("expected `{sign}`, found {found}"), help))
    }

    fn end_of_line(&mut self) -> Result<(), Mistake> {
        if matches!(self.tokens[self.at].0, Token::Line | Token::End) {
            return Ok(());
        }
        let found = self.shown();
        let help = match self.peek() {
            _ if self.lacks_sign() => LACKS_SIGN,
            Token::Close | Token::CloseBracket => "it closes nothing; delete it",
            Token::Prime => "a prime stands behind the name of a state, as in `h'`",
            Token::Equals => "one equation stands on a line",
            Token::Compared(_) => "comparisons stand in `where(a < b, then, else)`",
            Token::Colon | Token::Comma => "it belongs inside of brackets",
            _ => "begin the next equation on a new line",
        };
        Err(Mistake::new(self.span(), format!("expected the end of the line, found {found}"), help))
    }

    /// Whether a value follows another one at once.
    fn lacks_sign(&mut self) -> bool {
        let before = self.text[..self.end()].chars().next_back();
        self.begins_value() && before.is_some_and(|before| before.is_ascii_alphanumeric() || ")]'_".contains(before))
    }

    /// Takes the bracket that closes the one at byte `open`.
    fn close(&mut self, token: Token<'_>, open: usize, help: &str) -> Result<(), Mistake> {
        if self.takes(token) {
            return Ok(());
        }
        let opened = &self.text[open..=open];
        let same_line = !self.text[open..self.span().start].contains('\n');
        if !same_line || matches!(self.peek(), Token::End | Token::Line) {
            let message = format!("this `{opened}` is not closed");
            return Err(Mistake::new(open..open + 1, message, "close it where its part ends"));
        }
        let (sign, found) = (if token == Token::Close { ")" } else { "]" }, self.shown());
        let help = if self.lacks_sign() { LACKS_SIGN } else { help };
        Err(Mistake::new(self.span(), format!("expected `{sign}`, found {found}"), help))
    }

    fn statement_or_value(&mut self) -> Result<Line, Mistake> {
        let next = self.tokens.get(self.at + 1).map(|(token, _)| *token);
        let primed = next == Some(Token::Prime)
            && self.tokens.get(self.at + 2).is_some_and(|(token, _)| *token == Token::Equals);
        if matches!(self.peek(), Token::Name(_)) && (next == Some(Token::Equals) || primed) {
            return self.statement().map(Line::Statement);
        }
        self.sum().map(Line::Value)
    }

    fn statement(&mut self) -> Result<Statement, Mistake> {
        let name_span = self.span();
        let Token::Name(name) = self.peek() else {
            let found = self.shown();
            let help = "an equation begins with the name of what it says, as in `z = …` or `h' = …`";
            return Err(Mistake::new(name_span, format!("expected a name, found {found}"), help));
        };
        self.at += 1;
        if name == "state" && matches!(self.peek(), Token::Name(_)) {
            return self.states();
        }
        let primed = self.takes(Token::Prime);
        self.expect(Token::Equals, "=", "an equation is `z = …` or `h' = …`")?;
        self.skip_lines();
        if is_matrix(name) {
            let help = "capital letters are trained matrices; begin with a small letter";
            return Err(Mistake::new(name_span, format!("`{name}` is a matrix and cannot be set"), help));
        }
        let value = self.sum()?;
        Ok(Statement::Assigned { name: name.to_owned(), primed, name_span, value })
    }

    fn states(&mut self) -> Result<Statement, Mistake> {
        let mut found = vec![];
        loop {
            let span = self.span();
            let Token::Name(name) = self.peek() else {
                let shown = self.shown();
                let message = format!("expected the name of a state, found {shown}");
                return Err(Mistake::new(span, message, "write `state h, c`"));
            };
            self.at += 1;
            let width = if self.takes(Token::OpenBracket) {
                let open = self.end() - 1;
                let width = self.inside(Self::sum)?;
                self.close(Token::CloseBracket, open, "write `state h, c[32]`")?;
                Some(width)
            } else {
                None
            };
            found.push((name.to_owned(), span, width));
            if !self.takes(Token::Comma) {
                return Ok(Statement::States(found));
            }
        }
    }

    fn sum(&mut self) -> Result<Tree, Mistake> {
        let start = self.span().start;
        let mut terms = vec![(false, self.product()?)];
        while let Some(subtracted) = self.operator(|token| match token {
            Token::Plus => Some(false),
            Token::Minus => Some(true),
            _ => None,
        }) {
            terms.push((subtracted, self.product()?));
        }
        Ok(self.chain(start, terms, Form::Sum))
    }

    fn product(&mut self) -> Result<Tree, Mistake> {
        let start = self.span().start;
        let mut factors = vec![(false, self.signed()?)];
        while let Some(divides) = self.operator(|token| match token {
            Token::Times => Some(false),
            Token::Over => Some(true),
            _ => None,
        }) {
            factors.push((divides, self.signed()?));
        }
        Ok(self.chain(start, factors, Form::Product))
    }

    /// A single part as it is, several as one expression.
    fn chain(&self, start: usize, mut parts: Vec<(bool, Tree)>, form: impl Fn(Vec<(bool, Tree)>) -> Form) -> Tree {
        match parts.pop() {
            Some((_, only)) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                Tree { span: start..self.end(), form: form(parts) }
            }
        }
    }

    /// Reads by `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        if self.depth >= MAX_DEPTH {
            let message = format!("expressions are nested more than {MAX_DEPTH} deep here");
            return Err(Mistake::new(self.span(), message, "give a part a name of its own, as in `a = …`"));
        }
        self.depth += 1;
        let found = inner(self);
        self.depth -= 1;
        found
    }

    fn signed(&mut self) -> Result<Tree, Mistake> {
        let start = self.span().start;
        if self.takes(Token::Plus) {
            return self.deeper(Self::signed);
        }
        if !self.takes(Token::Minus) {
            return self.applied();
        }
        let of = self.deeper(Self::signed)?;
        let form = match of.form {
            Form::Number(number) => Form::Number(-number),
            _ => Form::Negative(Box::new(of)),
        };
        Ok(Tree { span: start..self.end(), form })
    }

    /// A matrix and what it is applied to, or anything that binds as close.
    fn applied(&mut self) -> Result<Tree, Mistake> {
        let (start, name_span) = (self.span().start, self.span());
        let Some(name) = (match self.peek() {
            Token::Name(name) if is_matrix(name) => Some(name.to_owned()),
            _ => None,
        }) else {
            return self.power();
        };
        self.at += 1;
        let before = self.at;
        let rows = if self.takes(Token::OpenBracket) { self.rows()? } else { None };
        if rows.is_none() {
            // `W [x, h]`: vectors side by side.
            self.at = before;
        }
        let transposed = self.takes(Token::Power);
        if transposed && !self.takes(Token::Name("T")) {
            return Err(Mistake::new(self.span(), "expected `T`", "a transposed matrix is written `W^T`"));
        }
        if !self.begins_value() {
            let message = format!("the matrix `{name}` is applied to nothing");
            let help = format!("write `{name} h` or `{name} (…)`; a trained vector is called `b…` or `vector(…)`");
            return Err(Mistake::new(name_span, message, help));
        }
        let of = Box::new(self.deeper(Self::applied)?);
        Ok(Tree { span: start..self.end(), form: Form::Matrix { name, rows, transposed, of } })
    }

    /// The number of rows in `W[32] x`; none in `W [x, h]`, where a vector stands in the brackets and nothing behind them.
    fn rows(&mut self) -> Result<Option<Box<Tree>>, Mistake> {
        let rows = self.inside(Self::sum)?;
        let closed = self.takes(Token::CloseBracket);
        Ok((closed && (self.begins_value() || self.peek() == Token::Power)).then(|| Box::new(rows)))
    }

    fn begins_value(&mut self) -> bool {
        matches!(self.peek(), Token::Name(_) | Token::Number(_) | Token::Open | Token::OpenBracket)
    }

    fn power(&mut self) -> Result<Tree, Mistake> {
        let start = self.span().start;
        let mut found = self.primary()?;
        while self.takes(Token::OpenBracket) {
            let open = self.end() - 1;
            let form = self.inside(|parser| parser.index(Box::new(found)))?;
            self.close(Token::CloseBracket, open, "write `h[-3]` for a delay or `v[0:16]` for a slice")?;
            found = Tree { span: start..self.end(), form };
        }
        if self.takes(Token::Power) {
            if self.peek() != Token::Number(2.0) {
                let help = "write `v^2` or products; a transposed matrix is `W^T`";
                return Err(Mistake::new(self.span(), "only squares are written with `^`", help));
            }
            self.at += 1;
            found = Tree { span: start..self.end(), form: Form::Square(Box::new(found)) };
        }
        Ok(found)
    }

    /// Reads by `inner` inside of a bracket, in which lines do not end.
    fn inside<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        self.brackets += 1;
        let found = self.deeper(inner);
        // A closing bracket may stand on a line of its own.
        self.skip_lines();
        self.brackets -= 1;
        found
    }

    fn index(&mut self, of: Box<Tree>) -> Result<Form, Mistake> {
        let from = if self.peek() == Token::Colon { None } else { Some(Box::new(self.sum()?)) };
        if !self.takes(Token::Colon) {
            return from.map(|at| Form::Index { of, at }).ok_or_else(|| {
                Mistake::new(self.span(), "nothing stands in the brackets", "write `h[-3]` or `v[0:16]`")
            });
        }
        let to = if self.peek() == Token::CloseBracket { None } else { Some(Box::new(self.sum()?)) };
        Ok(Form::Slice { of, from, to })
    }

    fn primary(&mut self) -> Result<Tree, Mistake> {
        let (token, span) = (self.peek(), self.span());
        let form = match token {
            Token::Number(number) => {
                self.at += 1;
                Form::Number(number)
            }
            Token::Name(name) => {
                self.at += 1;
                if self.takes(Token::Open) {
                    let open = self.end() - 1;
                    let arguments = self.inside(|parser| parser.list(Token::Close, Self::argument))?;
                    self.close(Token::Close, open, "arguments are separated by commas")?;
                    Form::Call { name: name.to_owned(), arguments }
                } else {
                    let primed = self.takes(Token::Prime);
                    Form::Name { name: name.to_owned(), primed }
                }
            }
            Token::Open => {
                self.at += 1;
                let inner = self.inside(Self::sum)?;
                self.close(Token::Close, span.start, "close the parenthesis")?;
                inner.form
            }
            Token::OpenBracket => {
                self.at += 1;
                let parts = self.inside(|parser| parser.list(Token::CloseBracket, Self::sum))?;
                self.close(Token::CloseBracket, span.start, "vectors side by side are written `[x, h]`")?;
                Form::Concat(parts)
            }
            _ => {
                let found = self.shown();
                let help = "write a name, a number, a function or `(…)`";
                return Err(Mistake::new(span, format!("expected a value, found {found}"), help));
            }
        };
        Ok(Tree { span: span.start..self.end(), form })
    }

    fn list<T>(
        &mut self,
        close: Token<'_>,
        entry: impl Fn(&mut Self) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let mut found = vec![];
        while self.peek() != close {
            found.push(entry(self)?);
            if !self.takes(Token::Comma) {
                break;
            }
        }
        Ok(found)
    }

    fn argument(&mut self) -> Result<Argument, Mistake> {
        let named = self.tokens.get(self.at + 1).is_some_and(|(token, _)| *token == Token::Equals);
        let name = match self.peek() {
            Token::Name(name) if named => {
                self.at += 2;
                Some(name.to_owned())
            }
            _ => None,
        };
        let value = self.sum()?;
        let relation = match self.peek() {
            Token::Compared(relation) => Some(relation),
            _ => None,
        };
        let compared = match relation {
            Some(relation) => {
                self.at += 1;
                Some((relation, self.sum()?))
            }
            None => None,
        };
        Ok(Argument { name, value, compared })
    }
}
