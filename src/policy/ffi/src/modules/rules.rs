// SPDX-License-Identifier: Apache-2.0
//! What a compiled program defines: its packages and rules, with their places.
use regorus::unstable::{Expr, Module, Ref, Rule, RuleHead};
use regorus::Value;

/// The letter that src/policy/engine.cc turns into RuleKind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Complete = b'c',
    Set = b's',
    Object = b'o',
    Function = b'f',
    Default = b'd',
}

pub struct Found {
    pub path: String,
    pub package: String,
    pub name: String,
    pub line: u32,
    pub column: u32,
    pub kind: Kind,
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    matches!(bytes.next(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_'))
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Appends `.name` or `["odd name"]`.
fn append(path: &mut String, component: &str) {
    if is_name(component) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(component);
    } else {
        let mut quoted = String::new();
        crate::json::write(&Value::from(component), &mut quoted);
        path.push('[');
        path.push_str(&quoted);
        path.push(']');
    }
}

/// The leading components of a reference that are fixed names, and whether those are all.
fn components(reference: &Ref<Expr>) -> (Vec<String>, bool) {
    let mut names = Vec::new();
    let mut fixed = true;
    let mut expr = reference;
    loop {
        match expr.as_ref() {
            Expr::RefDot { refr, field, .. } => {
                names.push(field.0.text().to_string());
                expr = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                match index.as_ref() {
                    Expr::String { value: Value::String(name), .. } => names.push(name.to_string()),
                    _ => {
                        // What stands behind an open key is no part of the rule's own path.
                        names.clear();
                        fixed = false;
                    }
                }
                expr = refr;
            }
            Expr::Var { span, .. } => {
                names.push(span.text().to_string());
                names.reverse();
                return (names, fixed);
            }
            _ => return (Vec::new(), false),
        }
    }
}

pub fn joined(names: &[String]) -> String {
    let mut path = String::new();
    for name in names {
        append(&mut path, name);
    }
    path
}

/// The text of a reference up to its first open key, and whether that is all of it.
pub fn reference_text(reference: &Ref<Expr>) -> (String, bool) {
    let (names, fixed) = components(reference);
    (joined(&names), fixed)
}

pub fn package_names(module: &Module) -> Vec<String> {
    components(&module.package.refr).0
}

pub fn package_of(module: &Module) -> String {
    joined(&package_names(module))
}

/// The names a rule adds to those of its package.
pub fn rule_names(rule: &Rule) -> Vec<String> {
    let head = match rule {
        Rule::Default { refr, .. } => refr,
        Rule::Spec { head, .. } => match head {
            RuleHead::Func { refr, .. }
            | RuleHead::Set { refr, .. }
            | RuleHead::Compr { refr, .. } => refr,
        },
    };
    components(head).0
}

/// `g[x] contains y`, `g[x].z := y`: more follows behind the first open key of the path.
pub fn goes_on_behind_open_key(rule: &Rule) -> bool {
    let Rule::Spec { head, .. } = rule else {
        return false;
    };
    let (reference, set) = match head {
        RuleHead::Compr { refr, .. } => (refr, false),
        RuleHead::Set { refr, .. } => (refr, true),
        RuleHead::Func { .. } => return false,
    };
    let last_open = matches!(reference.as_ref(), Expr::RefBrack { refr, index, .. }
        if !matches!(index.as_ref(), Expr::String { .. }) && components(refr).1);
    !components(reference).1 && (set || !last_open)
}

/// The number of arguments when the rule is a function.
pub fn arity_of(rule: &Rule) -> Option<usize> {
    match rule {
        Rule::Default { args, .. } => (!args.is_empty()).then_some(args.len()),
        Rule::Spec { head: RuleHead::Func { args, .. }, .. } => Some(args.len()),
        Rule::Spec { .. } => None,
    }
}

pub fn is_function(rule: &Rule) -> bool {
    arity_of(rule).is_some()
}

/// Every rule of the modules, in their order.
pub fn list(modules: &[Ref<Module>]) -> Vec<Found> {
    let mut found = Vec::new();
    for module in modules {
        let package = package_of(module);
        for rule in &module.policy {
            let (head, kind) = match rule.as_ref() {
                Rule::Default { refr, .. } => (refr, Kind::Default),
                Rule::Spec { head, .. } => match head {
                    RuleHead::Func { refr, .. } => (refr, Kind::Function),
                    RuleHead::Set { refr, .. } => (refr, Kind::Set),
                    RuleHead::Compr { refr, .. } => {
                        let open = !components(refr).1;
                        (refr, if open { Kind::Object } else { Kind::Complete })
                    }
                },
            };
            let span = rule.span();
            found.push(Found {
                path: module.package.span.source.get_path().clone(),
                package: package.clone(),
                name: joined(&components(head).0),
                line: span.line,
                column: span.col,
                kind,
            });
        }
    }
    found
}
