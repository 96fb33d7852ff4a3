//! What the macros expect of Nunjucks: how it prints, escapes, counts and walks.

use minijinja::value::{DynObject, Kwargs, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State};
use std::borrow::Cow;
use std::fmt::Write;

/// Gives `env` the behaviour of Nunjucks that macros and pages share.
pub(super) fn install(env: &mut Environment<'static>) {
    env.set_formatter(format);
    env.add_filter("escape", |value: &Value| Value::from_safe_string(escaped(value).into_owned()));
    env.add_filter("string", |value: &Value| text(value).into_owned());
    env.add_filter("length", length);
    env.add_filter("default", default);
    env.add_filter("int", |value: &Value| text(value).trim().parse::<i64>().unwrap_or(0));
    env.add_filter("njk_items", pairs);
    env.add_filter("capitalize", |value: &Value| capitalize(&text(value)));
    // Indenting is for people who read the source. It would also put blanks into the text of a textarea.
    env.add_filter("indent", |value: Value, _: Rest<Value>, _: Kwargs| value);
    env.add_test("truthy", |value: &Value| value.is_true());
    env.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
    env.add_function("govukAttributes", |attributes: &Value| {
        Value::from_safe_string(attributes_html(attributes))
    });
    env.add_function("govukI18nAttributes", |params: &Value| {
        Value::from_safe_string(i18n_attributes(params))
    });
    env.add_global("undefined", Value::UNDEFINED);
    env.set_unknown_method_callback(method);
}

/// `value` as JavaScript would join it to a text: `true` and `false` in small letters, nothing for null and undefined.
fn text(value: &Value) -> Cow<'_, str> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Cow::Borrowed(""),
        ValueKind::Bool => Cow::Borrowed(if value.is_true() { "true" } else { "false" }),
        ValueKind::String => value.as_str().map_or(Cow::Borrowed(""), Cow::Borrowed),
        ValueKind::Number => {
            let shown = value.to_string();
            Cow::Owned(shown.strip_suffix(".0").unwrap_or(&shown).to_owned())
        }
        _ => Cow::Owned(value.to_string()),
    }
}

/// `value` as HTML: unchanged when it is marked safe, otherwise with the six characters escaped that Nunjucks escapes.
fn escaped(value: &Value) -> Cow<'_, str> {
    let text = text(value);
    if value.is_safe() || !text.bytes().any(|b| replacement(b).is_some()) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    escape_into(&mut out, &text);
    Cow::Owned(out)
}

/// Appends `text` to `out` as HTML.
pub(super) fn escape_into(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = write_escaped(text, |part| out.write_str(part));
}

fn replacement(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&#39;",
        b'`' => "&#96;",
        _ => return None,
    })
}

fn write_escaped<E>(text: &str, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(code) = replacement(byte) {
            if from < at {
                write(&text[from..at])?;
            }
            write(code)?;
            from = at + 1;
        }
    }
    if from < text.len() { write(&text[from..]) } else { Ok(()) }
}

fn format(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    let text = text(value);
    let done =
        if value.is_safe() { out.write_str(&text) } else { write_escaped(&text, |part| out.write_str(part)) };
    done.map_err(|_| Error::new(ErrorKind::WriteFailure, "cannot write the page"))
}

fn length(value: &Value) -> usize {
    match value.as_str() {
        Some(text) => text.chars().count(),
        None => value.len().unwrap_or(0),
    }
}

/// As in Nunjucks, except that null counts as absent too: our pages hand `none` to a macro for what is not there.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands over further arguments only in this way")]
fn default(value: Value, rest: Rest<Value>) -> Value {
    let lax = rest.get(1).is_some_and(Value::is_true);
    let absent = value.is_undefined() || value.is_none() || (lax && !value.is_true());
    if absent { rest.first().cloned().unwrap_or_else(|| Value::from("")) } else { value }
}

/// Key and value of each entry; nothing for what has no entries.
fn pairs(value: &Value) -> Vec<Value> {
    if value.kind() == ValueKind::Map {
        let pairs = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
        return pairs.map(|(k, v)| Value::from(vec![k, v])).collect();
    }
    value.try_iter().map(Iterator::collect).unwrap_or_default()
}

fn capitalize(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// ` name="value"` for each attribute. An entry may be `{value, optional}`: with `optional`, true gives the bare name
/// and null or false gives nothing. A text is taken as attributes already written.
fn attributes_html(attributes: &Value) -> String {
    if let Some(written) = attributes.as_str() {
        return written.to_owned();
    }
    let mut out = String::new();
    let entries = attributes.as_object().filter(|_| attributes.kind() == ValueKind::Map);
    for (name, item) in entries.and_then(DynObject::try_iter_pairs).into_iter().flatten() {
        let (value, optional) = if item.kind() == ValueKind::Map {
            let optional =
                item.get_attr("optional").is_ok_and(|o| o.kind() == ValueKind::Bool && o.is_true());
            (item.get_attr("value").unwrap_or_default(), optional)
        } else {
            (item, false)
        };
        let boolean = value.kind() == ValueKind::Bool;
        if optional && boolean && value.is_true() {
            out.push(' ');
            out.push_str(&escaped(&name));
        } else if !(optional && (boolean || value.is_none() || value.is_undefined())) {
            out.push(' ');
            out.push_str(&escaped(&name));
            out.push_str("=\"");
            out.push_str(&escaped(&value));
            out.push('"');
        }
    }
    out
}

/// `data-i18n.*` attributes from `{key, message}` or `{key, messages: {rule: text}}`.
fn i18n_attributes(params: &Value) -> String {
    let get = |name: &str| params.get_attr(name).unwrap_or_default();
    let (key, message, messages) = (get("key"), get("message"), get("messages"));
    if messages.is_true() {
        let one = |pair: Value| {
            let part = |i| pair.get_item_by_index(i).unwrap_or_default();
            format!(" data-i18n.{}.{}=\"{}\"", escaped(&key), escaped(&part(0)), escaped(&part(1)))
        };
        pairs(&messages).into_iter().map(one).collect()
    } else if message.is_true() {
        format!(" data-i18n.{}=\"{}\"", escaped(&key), escaped(&message))
    } else {
        String::new()
    }
}

/// The methods of JavaScript arrays and texts that macros call.
fn method(_: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    let first = args.first().cloned().unwrap_or_default();
    let items = || value.try_iter().map(Iterator::collect::<Vec<_>>);
    match name {
        "includes" => match value.as_str() {
            Some(text) => Ok(Value::from(first.as_str().is_some_and(|part| text.contains(part)))),
            None => Ok(Value::from(items()?.contains(&first))),
        },
        "concat" => {
            let mut all = items()?;
            match first.kind() {
                ValueKind::Seq | ValueKind::Iterable => all.extend(first.try_iter()?),
                _ => all.push(first),
            }
            Ok(Value::from(all))
        }
        "join" => {
            let by = first.as_str().unwrap_or(",");
            Ok(Value::from(items()?.iter().map(text).collect::<Vec<_>>().join(by)))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn render(template: &str, ctx: Value) -> String {
        let mut env = Environment::new();
        install(&mut env);
        env.render_str(template, ctx).unwrap()
    }

    #[test]
    fn prints_as_javascript_and_escapes_as_nunjucks() {
        assert_eq!(
            render("{{ true }}{{ none }}{{ 2.0 }}{{ a }}", context! { a => "<a href='x'>&`\"" }),
            "true2&lt;a href=&#39;x&#39;&gt;&amp;&#96;&quot;"
        );
        assert_eq!(
            render("{{ a|safe }}|{{ a|escape }}|{{ a|escape|escape }}", context! { a => "é<" }),
            "é<|é&lt;|é&lt;"
        );
    }

    #[test]
    fn attributes_follow_the_rules_of_the_official_macro() {
        let ctx = context! { a => context! {
            plain => "a\"b", no => false, nothing => Value::from(()),
            hidden => context! { value => true, optional => true },
            gone => context! { value => false, optional => true },
            kept => context! { value => "", optional => true },
        } };
        let mut got: Vec<_> = render("{{ govukAttributes(a) }}", ctx).split(' ').map(str::to_owned).collect();
        got.sort();
        assert_eq!(got, ["", "hidden", "kept=\"\"", "no=\"false\"", "nothing=\"\"", "plain=\"a&quot;b\""]);
    }

    #[test]
    fn absent_things_have_no_length_and_no_items() {
        assert_eq!(render("{{ x|length }}{% for k, v in x|njk_items %}!{% endfor %}", context! {}), "0");
    }

    #[test]
    fn indenting_leaves_text_alone() {
        assert_eq!(render("{{ 'a\nb'|indent(4, true) }}", context! {}), "a\nb");
    }
}
