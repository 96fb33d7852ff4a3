//! The official macros as functions.
//!
//! Each macro is compiled as a template of its own and called through a global function of the same name, in the macros
//! themselves as well as in our pages. So nothing is imported while a page renders, and our pages can be strict about
//! undefined names although the macros rely on their being ignored.

use super::{js, rewrite};
use minijinja::value::{DynObject, Kwargs, Object, ObjectRepr, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compiled macros, and the names that pages can call.
#[derive(Debug, Clone)]
pub struct Components {
    /// Holds one template per macro, under the macro's name.
    pub env: Arc<Environment<'static>>,
    /// `govukButton`, `mojBadge` and so on, sorted.
    pub names: Vec<String>,
}

/// Compiles the macros in `files`: pairs of path (`govuk/components/button/macro.njk`) and text.
///
/// # Errors
/// Names the file that could not be rewritten or compiled.
pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Components, Error> {
    let files: BTreeMap<&str, &str> = files.into_iter().collect();
    let mut env = Environment::new();
    syntax(&mut env)?;
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    let mut names = Vec::new();
    for (path, text) in &files {
        let Some((folder, file)) = path.rsplit_once('/') else { continue };
        if file != "macro.njk" && file != "logo.njk" {
            continue;
        }
        let read = |name: &str| files.get(format!("{folder}/{name}").as_str()).map(|t| (*t).to_owned());
        let macros = rewrite::components(text, &read)
            .map_err(|why| Error::new(ErrorKind::SyntaxError, format!("{path}: {why}")))?;
        for one in macros {
            env.add_template_owned(one.name.clone(), one.source)?;
            env.add_global(one.name.clone(), Value::from_object(Inner(one.name.clone())));
            names.push(one.name);
        }
    }
    names.sort();
    Ok(Components { env: Arc::new(env), names })
}

impl Components {
    /// Renders one component outside any page.
    ///
    /// # Errors
    /// When there is no such component or its parameters make no sense to it.
    pub fn render(&self, name: &str, params: Value) -> Result<String, Error> {
        render(&self.env, name, Arguments { params, caller: Value::UNDEFINED })
    }

    /// Makes the components callable from the templates of `env`.
    pub(super) fn offer(&self, env: &mut Environment<'static>) {
        for name in &self.names {
            let outer = Outer { env: Arc::clone(&self.env), name: name.clone() };
            env.add_global(name.clone(), Value::from_object(outer));
        }
    }
}

/// What macros and pages have in common: white space as Nunjucks is set up for them, HTML escaping, printing.
pub(super) fn syntax(env: &mut Environment<'static>) -> Result<(), Error> {
    let mut syntax = minijinja::syntax::SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    env.set_syntax(syntax.build()?);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    js::install(env);
    Ok(())
}

fn render(env: &Environment<'_>, name: &str, arguments: Arguments) -> Result<String, Error> {
    env.get_template(name)?.render(Value::from_object(arguments))
}

/// The two names that a macro's body sees.
#[derive(Debug)]
struct Arguments {
    params: Value,
    caller: Value,
}

impl Object for Arguments {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match key {
            "params" => Some(self.params.clone()),
            "caller" if !self.caller.is_undefined() => Some(self.caller.clone()),
            _ => None,
        }
    }
}

/// A component called by another component.
#[derive(Debug)]
struct Inner(String);

impl Object for Inner {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let env = state.env();
        let arguments = arguments(state, args)?;
        Ok(Value::from_safe_string(render(env, &self.0, arguments)?))
    }
}

/// A component called by one of our pages.
struct Outer {
    env: Arc<Environment<'static>>,
    name: String,
}

impl std::fmt::Debug for Outer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Object for Outer {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let arguments = arguments(state, args)?;
        check(state, &arguments.params).map_err(|(path, why)| {
            let path: String = path.into_iter().rev().collect();
            Error::new(why.kind(), format!("{}{path} is {}", self.name, why.detail().unwrap_or_default()))
                .with_source(why)
        })?;
        Ok(Value::from_safe_string(render(&self.env, &self.name, arguments)?))
    }
}

/// What a page may hand to a component.
///
/// The macros ignore what is undefined, so a slip such as `page.titel` would silently leave a label out: absent is
/// `none`, undefined is a mistake. And they print `html` as it comes, so it must have been marked safe.
///
/// On failure gives the path to the culprit (innermost part first) and what is wrong with it.
fn check(state: &mut State<'_, '_>, value: &Value) -> Result<(), (Vec<String>, Error)> {
    let at = |part: String| {
        move |(mut path, why): (Vec<String>, Error)| {
            path.push(part);
            (path, why)
        }
    };
    match value.kind() {
        // Formatting tells a plain undefined from that of `a if b` without an else, which is fine.
        ValueKind::Undefined => state.format(value.clone()).map(drop).map_err(|why| {
            let why = Error::new(ErrorKind::UndefinedError, "not defined; write `none` for what is absent")
                .with_source(why);
            (Vec::new(), why)
        }),
        ValueKind::Map => {
            let pairs = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
            for (key, value) in pairs {
                let kind = value.kind();
                if nested(kind) {
                    check(state, &value).map_err(|bad| at(format!(".{key}"))(bad))?;
                } else if kind == ValueKind::String && !value.is_safe() {
                    let markup = key.as_str().is_some_and(|k| k == "html" || k.ends_with("Html"));
                    if markup {
                        let why = "plain text; give it as `text`, or as HTML marked safe";
                        return Err((vec![format!(".{key}")], Error::new(ErrorKind::InvalidOperation, why)));
                    }
                }
            }
            Ok(())
        }
        ValueKind::Seq | ValueKind::Iterable => {
            for (i, value) in value.try_iter().into_iter().flatten().enumerate() {
                if nested(value.kind()) {
                    check(state, &value).map_err(|bad| at(format!("[{i}]"))(bad))?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn nested(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Undefined | ValueKind::Map | ValueKind::Seq | ValueKind::Iterable)
}

fn arguments(state: &mut State<'_, '_>, args: &[Value]) -> Result<Arguments, Error> {
    let (args, kwargs) = match args.split_last() {
        Some((last, rest)) if last.is_kwargs() => (rest, Some(Kwargs::try_from(last.clone())?)),
        _ => (args, None),
    };
    let caller = match kwargs.and_then(|k| k.get::<Value>("caller").ok()) {
        Some(caller) if !caller.is_undefined() => {
            let inside = caller.call(state, &[])?;
            Value::from_object(Caller(inside))
        }
        _ => Value::UNDEFINED,
    };
    Ok(Arguments { params: args.first().cloned().unwrap_or_default(), caller })
}

/// The block of a `{% call %}`, already rendered in the page it stands in.
#[derive(Debug)]
struct Caller(Value);

impl Object for Caller {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Ok(self.0.clone())
    }
}
