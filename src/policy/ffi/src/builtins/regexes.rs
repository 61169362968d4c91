// SPDX-License-Identifier: Apache-2.0
//! The regex.* builtins, in place of the interpreter's: Go's syntax and Go's results (go_regex.rs),
//! larger programs, and bounded time. Matching takes time that is linear in the text, but also in
//! the program's states in the worst case, and nothing can interrupt it: their product is bounded.
use super::call::{text, Builtin, Failure, Outcome};
use super::go_regex;
use regex::Regex;
use regex_automata::nfa::thompson;
use regorus::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of one compiled program.
const MAX_PROGRAM: usize = 2 << 20;
/// States of the program times bytes of the text: some seconds in the worst case.
const MAX_WORK: usize = 500_000_000;
/// Programs kept for each thread.
const MAX_CACHED: usize = 512;

struct Compiled {
    regex: Regex,
    states: usize,
}

thread_local! {
    static CACHE: RefCell<HashMap<String, Arc<Compiled>>> = RefCell::new(HashMap::new());
}

fn compile(pattern: &str) -> std::result::Result<Arc<Compiled>, Failure> {
    if let Some(known) = CACHE.with(|c| c.borrow().get(pattern).cloned()) {
        return Ok(known);
    }
    let too_large = || Failure::Limit("the regular expression is too large".to_string());
    if pattern.len() > MAX_PROGRAM {
        return Err(too_large());
    }
    let translated = go_regex::translate(pattern);
    let regex = regex::RegexBuilder::new(&translated).size_limit(MAX_PROGRAM).build();
    let regex = regex.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => too_large(),
        _ => Failure::Error(format!("invalid regular expression {pattern:?}")),
    })?;
    let config = thompson::Config::new().nfa_size_limit(Some(4 * MAX_PROGRAM));
    let nfa = thompson::NFA::compiler().configure(config).build(&translated);
    let states = nfa.map_err(|_| too_large())?.states().len();
    let compiled = Arc::new(Compiled { regex, states });
    CACHE.with(|c| {
        let mut cache = c.borrow_mut();
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert(pattern.to_string(), compiled.clone());
    });
    Ok(compiled)
}

fn number(arguments: &[Value], index: usize) -> std::result::Result<usize, Failure> {
    match arguments[index].as_i64() {
        Ok(n) if n < 0 => Ok(usize::MAX),
        Ok(n) => Ok(usize::try_from(n).unwrap_or(usize::MAX)),
        Err(_) => Err(Failure::Error(format!("operand {} must be integer number", index + 1))),
    }
}

/// The program for a text, if matching is bounded.
fn ready(pattern: &str, subject: &str) -> std::result::Result<Arc<Compiled>, Failure> {
    let compiled = compile(pattern)?;
    if compiled.states.saturating_mul(subject.len()) > MAX_WORK {
        let message = "the regular expression and the text are too large together";
        return Err(Failure::Limit(message.to_string()));
    }
    Ok(compiled)
}

fn matches(a: &[Value]) -> Outcome {
    let subject = text(a, 1)?;
    Ok(Value::from(ready(text(a, 0)?, subject)?.regex.is_match(subject)))
}

fn is_valid(a: &[Value]) -> Outcome {
    let Value::String(pattern) = &a[0] else {
        return Ok(Value::from(false));
    };
    match compile(pattern) {
        Ok(_) => Ok(Value::from(true)),
        Err(Failure::Error(_)) => Ok(Value::from(false)),
        Err(limit) => Err(limit),
    }
}

fn replace(a: &[Value]) -> Outcome {
    let subject = text(a, 0)?;
    let compiled = ready(text(a, 1)?, subject)?;
    let replaced = compiled.regex.replace_all(subject, text(a, 2)?.as_ref());
    Ok(Value::from(replaced.as_ref()))
}

/// Go's Split: no empty part before a match at the start, and one text for an empty subject.
fn split(a: &[Value]) -> Outcome {
    let pattern = text(a, 0)?;
    let subject = text(a, 1)?;
    let compiled = ready(pattern, subject)?;
    if !pattern.is_empty() && subject.is_empty() {
        return Ok(Value::from(vec![Value::from("")]));
    }
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in compiled.regex.find_iter(subject) {
        end = found.start();
        if found.end() != 0 {
            parts.push(Value::from(&subject[begin..end]));
        }
        begin = found.end();
    }
    if end != subject.len() {
        parts.push(Value::from(&subject[begin..]));
    }
    Ok(Value::from(parts))
}

fn find_n(a: &[Value]) -> Outcome {
    let subject = text(a, 1)?;
    let compiled = ready(text(a, 0)?, subject)?;
    let found = compiled.regex.find_iter(subject).take(number(a, 2)?);
    Ok(Value::from(found.map(|m| Value::from(m.as_str())).collect::<Vec<_>>()))
}

fn find_all_submatches(a: &[Value]) -> Outcome {
    let subject = text(a, 1)?;
    let compiled = ready(text(a, 0)?, subject)?;
    let rows = compiled.regex.captures_iter(subject).take(number(a, 2)?).map(|captures| {
        let groups = captures.iter().map(|g| Value::from(g.map_or("", |m| m.as_str())));
        Value::from(groups.collect::<Vec<_>>())
    });
    Ok(Value::from(rows.collect::<Vec<_>>()))
}

fn template_match(a: &[Value]) -> Outcome {
    let delimiter = |index: usize| {
        let given = text(a, index)?;
        let mut characters = given.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) if c.is_ascii() => Ok(c),
            _ => Err(Failure::Error("a delimiter has to be one character".to_string())),
        }
    };
    let pattern = go_regex::template(text(a, 0)?, delimiter(2)?, delimiter(3)?);
    let pattern = pattern.map_err(Failure::Error)?;
    let subject = text(a, 1)?;
    Ok(Value::from(ready(&pattern, subject)?.regex.is_match(subject)))
}

pub const BUILTINS: &[Builtin] = &[
    ("regex.match", 2, matches),
    ("re_match", 2, matches),
    ("regex.is_valid", 1, is_valid),
    ("regex.replace", 3, replace),
    ("regex.split", 2, split),
    ("regex.find_n", 3, find_n),
    ("regex.find_all_string_submatch_n", 3, find_all_submatches),
    ("regex.template_match", 4, template_match),
];
