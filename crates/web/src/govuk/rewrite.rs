//! From Nunjucks to minijinja, mechanically.
//!
//! The official macros are written for Nunjucks, whose expressions follow JavaScript. [`components`] and [`page`] change
//! only what stands inside `{% … %}` and `{{ … }}`, never the text between them:
//!
//! | Nunjucks | minijinja |
//! |---|---|
//! | `{ text: x }` | `{ "text": x }` |
//! | `===`, `!==`, `elseif`, `null` | `==`, `!=`, `elif`, `none` |
//! | `a + b` (component macros only, where it joins text unless a number follows) | `a ~ b` |
//! | `x.length` | `x \| length` |
//! | `for k, v in x` | `for k, v in x \| njk_items` |
//! | `include "./template.njk"` beside the macro | the text of that file |
//! | `from "govuk/…" import …` | nothing: every component is a global function |
//! | a name set outside a `for` and set again inside it | a field of a `namespace()`, which outlives the loop |
//!
//! Lines keep their numbers, so an error message points at the right line of the original.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::CharIndices;

/// One macro of a component file, ready to be compiled as a template of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Name as pages call it, such as `govukButton`.
    pub name: String,
    /// Names of its parameters, in order; nearly always just `params`.
    pub params: Vec<String>,
    /// The body, rewritten.
    pub source: String,
}

/// All macros of a component file with their bodies rewritten.
///
/// `read` gives the text of a file next to this one (`template.njk`), or `None` when there is none.
///
/// # Errors
/// A sentence that says what in the file could not be understood.
pub fn components(source: &str, read: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Macro>, String> {
    let mut pieces = split(source)?;
    let mut macros = Vec::new();
    while let Some(start) = pieces.iter().position(|p| p.keyword() == Some("macro")) {
        let end = matching_end(&pieces, start)?;
        let mut body: Vec<Piece> = pieces.drain(start..=end).collect();
        body.pop();
        let head = body.remove(0);
        let (name, params) = head.macro_head().ok_or("a macro without a name")?;
        let mut body = inline_includes(body, read)?;
        for piece in &mut body {
            if let Piece::Tag(tag) = piece {
                if matches!(tag.keyword(), Some("from" | "import")) {
                    tag.tokens.clear();
                } else {
                    tag.rewrite(true);
                }
            }
        }
        outlive_loops(&mut body, &params);
        macros.push(Macro { name, params, source: join(&body) });
    }
    Ok(macros)
}

/// One of our own pages: the same rules, except that `+` still adds numbers and only imports of official macros go.
///
/// # Errors
/// A sentence that says what in the file could not be understood.
pub fn page(source: &str) -> Result<String, String> {
    let mut pieces = split(source)?;
    for piece in &mut pieces {
        if let Piece::Tag(tag) = piece {
            let official = |t: &Token| {
                t.kind == Kind::Text && (t.inner().starts_with("govuk/") || t.inner().starts_with("moj/"))
            };
            if matches!(tag.keyword(), Some("from" | "import")) && tag.tokens.iter().any(official) {
                tag.tokens.clear();
            } else {
                tag.rewrite(false);
            }
        }
    }
    outlive_loops(&mut pieces, &[]);
    Ok(join(&pieces))
}

#[derive(Debug, Clone)]
enum Piece {
    /// Text between tags, and comments: left alone.
    Text(String),
    Tag(Tag),
}

#[derive(Debug, Clone)]
struct Tag {
    /// `{%`, `{%-`, `{{` or `{{-`.
    open: String,
    tokens: Vec<Token>,
    /// `%}`, `-%}`, `}}` or `-}}`.
    close: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Name,
    Text,
    Number,
    Sign,
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    text: String,
}

impl Token {
    fn new(kind: Kind, text: &str) -> Token {
        Token { kind, text: text.to_owned() }
    }

    fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    fn is_name(&self, name: &str) -> bool {
        self.kind == Kind::Name && self.text == name
    }

    /// A quoted text without its quotes.
    fn inner(&self) -> &str {
        self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default()
    }
}

impl Piece {
    fn keyword(&self) -> Option<&str> {
        match self {
            Piece::Tag(tag) => tag.keyword(),
            Piece::Text(_) => None,
        }
    }

    fn macro_head(&self) -> Option<(String, Vec<String>)> {
        let Piece::Tag(tag) = self else { return None };
        let mut names = tag.tokens.iter().filter(|t| t.kind == Kind::Name).map(|t| t.text.clone()).skip(1);
        Some((names.next()?, names.collect()))
    }
}

impl Tag {
    /// The first word of a statement such as `for`; `None` for a `{{ … }}`.
    fn keyword(&self) -> Option<&str> {
        if !self.open.starts_with("{%") {
            return None;
        }
        self.tokens.iter().find(|t| t.kind != Kind::Space).map(|t| t.text.as_str())
    }

    /// Index of the next token after `from` that isn't space.
    fn solid(&self, from: usize) -> Option<usize> {
        (from..self.tokens.len()).find(|&i| self.tokens[i].kind != Kind::Space)
    }

    fn solid_before(&self, to: usize) -> Option<usize> {
        (0..to).rev().find(|&i| self.tokens[i].kind != Kind::Space)
    }

    fn rewrite(&mut self, plus_joins: bool) {
        let is_for = self.keyword() == Some("for");
        if self.keyword() == Some("elseif") {
            self.rename_first("elif");
        }
        let mut braces: Vec<char> = Vec::new();
        let mut i = 0;
        while i < self.tokens.len() {
            let before = self.solid_before(i).map(|b| self.tokens[b].clone());
            let after = self.solid(i + 1).map(|a| self.tokens[a].clone());
            let follows = |sign: &str| before.as_ref().is_some_and(|t| t.is(sign));
            let token = &mut self.tokens[i];
            match (token.kind, token.text.as_str()) {
                (Kind::Sign, "{" | "(" | "[") => braces.extend(token.text.chars()),
                (Kind::Sign, "}" | ")" | "]") => drop(braces.pop()),
                (Kind::Sign, "===") => token.text = "==".into(),
                (Kind::Sign, "!==") => token.text = "!=".into(),
                (Kind::Sign, "+")
                    if plus_joins && !after.as_ref().is_some_and(|t| t.kind == Kind::Number) =>
                {
                    token.text = "~".into();
                }
                (Kind::Name, _) => {
                    let key = braces.last() == Some(&'{')
                        && (follows("{") || follows(","))
                        && after.as_ref().is_some_and(|t| t.is(":"));
                    if key {
                        token.text = format!("\"{}\"", token.text);
                        token.kind = Kind::Text;
                    } else if token.text == "null" && !follows(".") {
                        token.text = "none".into();
                    } else if token.text == "length"
                        && follows(".")
                        && !after.as_ref().is_some_and(|t| t.is("("))
                        && let Some(dot) = self.solid_before(i)
                    {
                        self.tokens[dot].text = "|".into();
                    }
                }
                _ => {}
            }
            i += 1;
        }
        if is_for && self.loop_names().len() > 1 {
            self.tokens.push(Token::new(Kind::Sign, "|"));
            self.tokens.push(Token::new(Kind::Name, "njk_items "));
        }
    }

    fn rename_first(&mut self, to: &str) {
        if let Some(first) = self.solid(0) {
            self.tokens[first].text = to.to_owned();
        }
    }

    /// The names that a `for` binds.
    fn loop_names(&self) -> Vec<String> {
        self.tokens
            .iter()
            .skip_while(|t| !t.is_name("for"))
            .skip(1)
            .take_while(|t| !t.is_name("in"))
            .filter(|t| t.kind == Kind::Name)
            .map(|t| t.text.clone())
            .collect()
    }

    /// The name that a `set` gives a value to.
    fn set_name(&self) -> Option<&str> {
        if self.keyword() != Some("set") {
            return None;
        }
        let first = self.solid(0)?;
        self.solid(first + 1).map(|i| self.tokens[i].text.as_str())
    }

    /// Every use of the names in `names` becomes a field of `ns__`.
    fn move_into_namespace(&mut self, names: &BTreeSet<String>) {
        for i in 0..self.tokens.len() {
            if self.tokens[i].kind != Kind::Name || !names.contains(&self.tokens[i].text) {
                continue;
            }
            let field = self.solid_before(i).is_some_and(|b| self.tokens[b].is("."));
            if !field {
                self.tokens[i].text.insert_str(0, "ns__.");
            }
        }
    }
}

/// Position of the `endmacro` that belongs to the `macro` at `start`.
fn matching_end(pieces: &[Piece], start: usize) -> Result<usize, String> {
    let mut depth = 0;
    for (i, piece) in pieces.iter().enumerate().skip(start) {
        match piece.keyword() {
            Some("macro") => depth += 1,
            Some("endmacro") => {
                depth -= 1;
                if depth == 0 {
                    return Ok(i);
                }
            }
            _ => {}
        }
    }
    Err("a macro without `endmacro`".into())
}

fn inline_includes(pieces: Vec<Piece>, read: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Piece>, String> {
    let mut all = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let Piece::Tag(tag) = &piece else {
            all.push(piece);
            continue;
        };
        if tag.keyword() != Some("include") {
            all.push(piece);
            continue;
        }
        let file =
            tag.tokens.iter().find(|t| t.kind == Kind::Text).ok_or("an include without a file name")?;
        let file = file.inner().trim_start_matches("./");
        let text = read(file).ok_or_else(|| format!("includes `{file}`, which is not there"))?;
        // Empty comments keep the white space control that the include had towards its neighbours.
        all.push(Piece::Text(if tag.open.ends_with('-') { "{#- #}" } else { "" }.into()));
        all.extend(inline_includes(split(&text)?, read)?);
        all.push(Piece::Text(if tag.close.starts_with('-') { "{# -#}" } else { "" }.into()));
    }
    Ok(all)
}

/// In Nunjucks a `set` inside a `for` changes the variable outside; in minijinja it makes a new one that ends with the
/// round. Names that are set both outside and inside become fields of one `namespace()`.
fn outlive_loops(pieces: &mut Vec<Piece>, params: &[String]) {
    // A macro inside is a scope of its own: what its parameters name is never ours.
    let mut outside = BTreeSet::new();
    let mut inside = BTreeSet::new();
    let mut loops = 0u32;
    let mut macros = 0u32;
    for piece in pieces.iter() {
        match piece.keyword() {
            Some("for") => loops += 1,
            Some("endfor") => loops = loops.saturating_sub(1),
            Some("macro") => macros += 1,
            Some("endmacro") => macros = macros.saturating_sub(1),
            Some("set") if macros == 0 => {
                if let Piece::Tag(tag) = piece
                    && let Some(name) = tag.set_name()
                {
                    let _ = if loops > 0 { &mut inside } else { &mut outside }.insert(name.to_owned());
                }
            }
            _ => {}
        }
    }
    outside.extend(params.iter().cloned());
    let shared: BTreeSet<String> = outside.intersection(&inside).cloned().collect();
    if shared.is_empty() {
        return;
    }
    let mut shadowed: Vec<BTreeSet<String>> = Vec::new();
    for piece in pieces.iter_mut() {
        match piece.keyword() {
            Some("macro") => {
                let (_, names) = piece.macro_head().unwrap_or_default();
                shadowed.push(names.into_iter().collect());
                continue;
            }
            Some("endmacro") => drop(shadowed.pop()),
            _ => {}
        }
        if let Piece::Tag(tag) = piece {
            let mut names = shared.clone();
            for hidden in &shadowed {
                names.retain(|n| !hidden.contains(n));
            }
            tag.move_into_namespace(&names);
        }
    }
    pieces.insert(0, Piece::Text("{% set ns__ = namespace() %}".into()));
}

fn join(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Tag(tag) if tag.tokens.iter().all(|t| t.kind == Kind::Space) => {
                // A tag that was emptied stays as a comment with the same lines and white space control.
                let (left, right) = (tag.open.ends_with('-'), tag.close.starts_with('-'));
                out.push_str(if left { "{#-" } else { "{#" });
                tag.tokens.iter().for_each(|t| out.push_str(&t.text));
                out.push_str(if right { " -#}" } else { " #}" });
            }
            Piece::Tag(tag) => {
                out.push_str(&tag.open);
                tag.tokens.iter().for_each(|t| out.push_str(&t.text));
                out.push_str(&tag.close);
            }
        }
    }
    out
}

fn split(source: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = source;
    loop {
        let starts = ["{%", "{{", "{#"].iter().filter_map(|s| rest.find(s)).min();
        let Some(start) = starts else {
            pieces.push(Piece::Text(rest.to_owned()));
            return Ok(pieces);
        };
        pieces.push(Piece::Text(rest[..start].to_owned()));
        rest = &rest[start..];
        if rest.starts_with("{#") {
            let end = rest.find("#}").ok_or("a comment that does not end")? + 2;
            pieces.push(Piece::Text(rest[..end].to_owned()));
            rest = &rest[end..];
            continue;
        }
        let open = if rest[2..].starts_with('-') { 3 } else { 2 };
        let end = if rest.starts_with("{%") { "%}" } else { "}}" };
        let (tokens, inside) = tokens(&rest[open..], end)
            .ok_or_else(|| format!("a tag that does not end: {}", rest.lines().next().unwrap_or_default()))?;
        let mut close = end.to_owned();
        let mut tokens = tokens;
        if tokens.last().is_some_and(|t| t.is("-")) {
            tokens.pop();
            close.insert(0, '-');
        }
        pieces.push(Piece::Tag(Tag { open: rest[..open].to_owned(), tokens, close }));
        rest = &rest[open + inside + 2..];
    }
}

/// The tokens up to `end`, and how many bytes they took; `None` when `end` never comes.
fn tokens(source: &str, end: &str) -> Option<(Vec<Token>, usize)> {
    let mut tokens = Vec::new();
    let mut depth = 0u32;
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if depth == 0 && source[at..].starts_with(end) {
            return Some((tokens, at));
        }
        let (kind, stop) = match c {
            _ if c.is_whitespace() => (Kind::Space, run(&mut chars, source, char::is_whitespace)),
            _ if c.is_alphabetic() || c == '_' => {
                (Kind::Name, run(&mut chars, source, |c| c.is_alphanumeric() || c == '_'))
            }
            _ if c.is_ascii_digit() => {
                (Kind::Number, run(&mut chars, source, |c| c.is_ascii_digit() || c == '.'))
            }
            '"' | '\'' => (Kind::Text, quoted(&mut chars, c)?),
            _ => {
                let three = ["===", "!=="].into_iter();
                let two = ["==", "!=", "<=", ">=", "//", "**"].into_iter();
                let sign =
                    three.chain(two).find(|s| source[at..].starts_with(s)).map_or(c.len_utf8(), str::len);
                for _ in 1..sign {
                    chars.next();
                }
                match c {
                    '{' | '(' | '[' => depth += 1,
                    '}' | ')' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                (Kind::Sign, at + sign)
            }
        };
        tokens.push(Token::new(kind, &source[at..stop]));
    }
    None
}

/// Takes characters while `wanted` holds; gives the byte where they stop.
fn run(chars: &mut Peekable<CharIndices<'_>>, source: &str, wanted: impl Fn(char) -> bool) -> usize {
    while chars.next_if(|(_, c)| wanted(*c)).is_some() {}
    chars.peek().map_or(source.len(), |(at, _)| *at)
}

/// Takes a quoted text to its closing quote; gives the byte after it.
fn quoted(chars: &mut Peekable<CharIndices<'_>>, quote: char) -> Option<usize> {
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(source: &str) -> String {
        let all = components(&format!("{{% macro m(params) %}}{source}{{% endmacro %}}"), &|_| None).unwrap();
        all[0].source.clone()
    }

    #[test]
    fn dictionary_keys_are_quoted_and_nothing_else_is() {
        assert_eq!(
            body("{{ f({ text: a.text, 'for': b, attributes: { x: c if d else e } }) }}"),
            "{{ f({ \"text\": a.text, 'for': b, \"attributes\": { \"x\": c if d else e } }) }}"
        );
        assert_eq!(
            body("{% for a in [x, y] %}{{ p[a:b] }}{% endfor %}"),
            "{% for a in [x, y] %}{{ p[a:b] }}{% endfor %}"
        );
    }

    #[test]
    fn operators_of_javascript_become_those_of_jinja() {
        assert_eq!(
            body("{% if a === null %}{% elseif b !== 'null' %}{% endif %}"),
            "{% if a == none %}{% elif b != 'null' %}{% endif %}"
        );
        assert_eq!(body("{{ 'a + b' + c + ' d' }}"), "{{ 'a + b' ~ c ~ ' d' }}");
        assert_eq!(body("{% set w = w + 130 %}"), "{% set w = w + 130 %}");
        assert_eq!(body("{% if items.length > 1 %}{% endif %}"), "{% if items|length > 1 %}{% endif %}");
    }

    #[test]
    fn text_and_comments_stay_as_they_are() {
        let text = "a === b { c: d } null + \"{\" {# { e: f } === #} é";
        assert_eq!(body(text), text);
    }

    #[test]
    fn pairs_are_walked_through_a_filter() {
        assert_eq!(body("{% for k, v in x.y %}{% endfor %}"), "{% for k, v in x.y |njk_items %}{% endfor %}");
    }

    #[test]
    fn closing_braces_of_a_dictionary_do_not_close_the_tag() {
        assert_eq!(body("{{ f({a: {b: 1}}) }}!"), "{{ f({\"a\": {\"b\": 1}}) }}!");
    }

    #[test]
    fn an_include_is_replaced_by_the_file_and_an_import_by_nothing() {
        let read =
            |file: &str| (file == "template.njk").then(|| "{% from \"../x.njk\" import x -%}\nhi".to_owned());
        let all = components(
            "{% macro govukX(params) %}\n  {%- include \"./template.njk\" -%}\n{% endmacro %}",
            &read,
        );
        let all = all.unwrap();
        assert_eq!(all[0].name, "govukX");
        assert_eq!(all[0].params, ["params"]);
        assert_eq!(all[0].source, "\n  {#- #}{# -#}\nhi{# -#}\n");
    }

    #[test]
    fn a_name_set_again_in_a_loop_outlives_it() {
        assert_eq!(
            body("{% set n = 0 %}{% for i in a %}{% set n = n ~ i.n %}{% endfor %}{{ n }}"),
            "{% set ns__ = namespace() %}{% set ns__.n = 0 %}{% for i in a %}{% set ns__.n = ns__.n ~ i.n %}{% endfor %}{{ ns__.n }}"
        );
        let shadowed = body(
            "{% set n = 0 %}{% macro q(n) %}{{ n }}{% endmacro %}{% for i in a %}{% set n = i %}{% endfor %}",
        );
        assert!(shadowed.contains("{% macro q(n) %}{{ n }}{% endmacro %}"), "{shadowed}");
    }

    #[test]
    fn in_our_pages_plus_still_adds() {
        assert_eq!(page("{{ loop.index + 1 }}{{ {a: 1} }}").unwrap(), "{{ loop.index + 1 }}{{ {\"a\": 1} }}");
        assert_eq!(page("{% from \"govuk/x/macro.njk\" import y %}").unwrap(), "{# #}");
        let own = "{% from \"staff/_parts.njk\" import row %}";
        assert_eq!(page(own).unwrap(), own);
    }

    #[test]
    fn broken_files_are_refused_not_guessed() {
        assert!(components("{% macro a(params) %}", &|_| None).is_err());
        assert!(page("{{ a ").is_err());
        assert!(page("{# a").is_err());
        assert!(page("{{ 'a }}").is_err());
        assert!(components("{% macro a(p) %}{% include './gone.njk' %}{% endmacro %}", &|_| None).is_err());
    }
}
