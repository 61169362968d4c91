// SPDX-License-Identifier: Apache-2.0
//! Patterns of objects as text: where they stand, what names they have, and how they are written
//! on one line somewhere else.
use crate::json;
use crate::problem::Problem;
use regorus::unstable::{Expr, Query, Ref, Span};
use regorus::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The builtin that counts the members of an object.
pub const MEMBERS: &str = "internal.members";

/// Names that nothing else has.
#[derive(Default)]
pub struct Counter(usize);

impl Counter {
    pub fn name(&mut self) -> String {
        self.0 += 1;
        format!("__bulkhead_object_{}__", self.0)
    }
}

/// A pattern as text, and whether it refers to values that are no names of the rule.
pub struct Written {
    pub text: String,
    pub refers: bool,
}

fn constant(expr: &Expr) -> Option<&Value> {
    match expr {
        Expr::String { value, .. }
        | Expr::RawString { value, .. }
        | Expr::Number { value, .. }
        | Expr::Bool { value, .. }
        | Expr::Null { value, .. } => Some(value),
        _ => None,
    }
}

fn constant_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::String { value, .. } | Expr::RawString { value, .. } => {
            let mut text = String::new();
            json::write(value, &mut text);
            Some(text)
        }
        _ => constant(expr).map(|_| expr.span().text().to_string()),
    }
}

impl Written {
    fn value(&mut self, expr: &Expr, counter: &mut Counter) -> Result<(), Problem> {
        match expr {
            Expr::Var { span, .. } if span.text() == "_" => self.text.push_str(&counter.name()),
            Expr::Var { span, .. } => self.text.push_str(span.text()),
            Expr::Array { items, .. } => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index > 0 { ", " } else { "" });
                    self.value(item, counter)?;
                }
                self.text.push(']');
            }
            Expr::Object { fields, .. } => {
                self.text.push('{');
                for (index, (_, key, value)) in fields.iter().enumerate() {
                    self.text.push_str(if index > 0 { ", " } else { "" });
                    self.text.push_str(&key_text(key)?);
                    self.refers |= is_reference(key);
                    self.text.push_str(": ");
                    self.value(value, counter)?;
                }
                self.text.push('}');
            }
            _ => match constant_text(expr) {
                Some(text) => self.text.push_str(&text),
                None => self.reference(expr)?,
            },
        }
        Ok(())
    }

    /// What is no pattern itself.
    fn reference(&mut self, expr: &Expr) -> Result<(), Problem> {
        self.text.push_str(&reference_text(expr)?);
        self.refers = true;
        Ok(())
    }
}

fn is_reference(expr: &Expr) -> bool {
    matches!(expr, Expr::RefDot { .. } | Expr::RefBrack { .. })
}

/// References as they are written.
fn reference_text(expr: &Expr) -> Result<String, Problem> {
    let text = expr.span().text();
    if is_reference(expr) && !text.contains(['\n', '{', '(', '`']) {
        return Ok(text.to_string());
    }
    let message = "this value in a pattern of an object is too much for one statement; bind it to \
                   a variable before, and write the variable here";
    Err(Problem::at(expr.span(), message))
}

fn key_text(key: &Expr) -> Result<String, Problem> {
    match key {
        Expr::Var { span, .. } => Ok(span.text().to_string()),
        _ => constant_text(key).map_or_else(|| reference_text(key), Ok),
    }
}

pub fn of(pattern: &Ref<Expr>, counter: &mut Counter) -> Result<Written, Problem> {
    let mut written = Written { text: String::new(), refers: false };
    written.value(pattern, counter)?;
    Ok(written)
}

/// Adds a statement for each object of a pattern: the value at `path` has so many members.
pub fn count_members(path: &str, pattern: &Expr, out: &mut String) -> Result<(), Problem> {
    match pattern {
        Expr::Array { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                count_members(&format!("{path}[{index}]"), item, out)?;
            }
        }
        Expr::Object { fields, .. } => {
            let keys = fields.iter().map(|(_, key, _)| key_text(key));
            let keys = keys.collect::<Result<BTreeSet<String>, Problem>>()?;
            let count = keys.len();
            out.push_str(&format!("; {MEMBERS}({path}) == {count}"));
            if fields.iter().any(|(_, key, _)| constant(key).is_none()) {
                // Two keys that are one key never fit.
                let keys: Vec<String> = keys.into_iter().collect();
                out.push_str(&format!("; {MEMBERS}({{{}}}) == {count}", keys.join(", ")));
            }
            for (_, key, value) in fields.iter().filter(|(_, _, value)| is_pattern(value)) {
                count_members(&format!("{path}[{}]", key_text(key)?), value, out)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn is_pattern(expr: &Expr) -> bool {
    matches!(expr, Expr::Array { .. } | Expr::Object { .. })
}

fn outermost<'e>(pattern: &'e Ref<Expr>, found: &mut Vec<&'e Ref<Expr>>) {
    match pattern.as_ref() {
        Expr::Object { .. } => found.push(pattern),
        Expr::Array { items, .. } => items.iter().for_each(|item| outermost(item, found)),
        _ => {}
    }
}

/// The objects in a pattern that stand in no other object.
pub fn objects(pattern: &Ref<Expr>) -> Vec<&Ref<Expr>> {
    let mut found = Vec::new();
    outermost(pattern, &mut found);
    found
}

fn names(pattern: &Expr, inside_objects: bool, found: &mut BTreeSet<String>) {
    match pattern {
        Expr::Var { span, .. } => {
            found.insert(span.text().to_string());
        }
        Expr::Array { items, .. } => {
            items.iter().for_each(|item| names(item, inside_objects, found));
        }
        Expr::Object { fields, .. } if inside_objects => {
            fields.iter().for_each(|(_, _, value)| names(value, inside_objects, found));
        }
        _ => {}
    }
}

/// Names that a pattern can bind; `_` is none.
pub fn variables(pattern: &Ref<Expr>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    names(pattern, true, &mut found);
    found.remove("_");
    found
}

pub fn variables_outside_objects(pattern: &Ref<Expr>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    names(pattern, false, &mut found);
    found
}

pub fn has_variable(pattern: &Ref<Expr>) -> bool {
    let mut found = BTreeSet::new();
    names(pattern, true, &mut found);
    !found.is_empty()
}

pub fn has_wildcard(pattern: &Ref<Expr>) -> bool {
    let mut found = BTreeSet::new();
    names(pattern, true, &mut found);
    found.contains("_")
}

type Pair<'e> = (&'e Ref<Expr>, &'e Ref<Expr>);

/// Values of two objects under the same keys. `None` where a key is no constant. Where the keys
/// differ nothing pairs: the interpreter refuses such ones.
pub fn members_by_key<'e>(left: &'e Ref<Expr>, right: &'e Ref<Expr>) -> Option<Vec<Pair<'e>>> {
    let by_key = |object: &'e Ref<Expr>| -> Option<BTreeMap<Value, &'e Ref<Expr>>> {
        let Expr::Object { fields, .. } = object.as_ref() else {
            return None;
        };
        fields.iter().map(|(_, key, value)| Some((constant(key)?.clone(), value))).collect()
    };
    let (left, right) = (by_key(left)?, by_key(right)?);
    Some(left.iter().filter_map(|(key, &value)| Some((value, *right.get(key)?))).collect())
}

/// Before the first character of a statement. Spans of texts leave their quotes out.
pub fn start(source: &str, span: &Span) -> usize {
    let start = span.start as usize;
    match source.as_bytes().get(start.wrapping_sub(1)) {
        Some(b'"' | b'`') => start - 1,
        _ => start,
    }
}

/// Whether the statements of a query stand between brackets.
pub fn in_braces(query: &Query) -> bool {
    query.stmts.first().is_none_or(|first| first.span.start != query.span.start)
}

/// Behind the last character of something. Spans of texts leave their quotes out.
pub fn end(source: &str, span: &Span) -> usize {
    let end = span.end as usize;
    match source.as_bytes().get(end) {
        Some(b'"' | b'`') => end + 1,
        _ => end,
    }
}

/// Where an object stands. Its own span starts at its last member when it has several.
pub fn range(source: &str, object: &Ref<Expr>) -> Result<Range<usize>, Problem> {
    let span = object.span();
    let end = span.end as usize;
    let Expr::Object { fields, .. } = object.as_ref() else {
        return Ok(span.start as usize..end);
    };
    let start = match fields.first() {
        Some((first, _, _)) if fields.len() > 1 => {
            let before = source.get(..first.start as usize).unwrap_or_default();
            let before = before.strip_suffix(['"', '`']).unwrap_or(before).trim_end();
            let Some(before) = before.strip_suffix('{') else {
                let message = "a comment stands at the start of a pattern of an object; move it";
                return Err(Problem::at(first, message));
            };
            before.len()
        }
        _ => span.start as usize,
    };
    Ok(start..end)
}
