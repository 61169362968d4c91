// SPDX-License-Identifier: Apache-2.0
//! json.filter and json.remove as OPA has them: a path that leads through a value that is no
//! collection leaves that value as it is.
use super::call::{failed, Builtin, Failure, Outcome};
use regorus::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Paths as a tree; a leaf is the end of a path.
enum Tree {
    Leaf,
    Node(BTreeMap<Value, Tree>),
}

impl Tree {
    fn child(&self, key: &Value) -> Option<&Tree> {
        match self {
            Tree::Leaf => None,
            Tree::Node(children) => children.get(key),
        }
    }

    fn add(&mut self, path: &[Value]) {
        let Tree::Node(children) = self else {
            return; // a shorter path ends here already
        };
        match path {
            [] => {}
            [last] => {
                children.insert(last.clone(), Tree::Leaf);
            }
            [first, rest @ ..] => {
                let empty = || Tree::Node(BTreeMap::new());
                children.entry(first.clone()).or_insert_with(empty).add(rest);
            }
        }
    }
}

fn steps(path: &Value) -> Result<Vec<Value>, Failure> {
    match path {
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => {
            let parts = text.trim_start_matches('/').split('/');
            Ok(parts.map(|p| Value::from(p.replace("~1", "/").replace("~0", "~"))).collect())
        }
        Value::Array(steps) => Ok(steps.iter().cloned().collect()),
        _ => failed("operand 2 must be one of {set, array} containing string paths or arrays"),
    }
}

fn tree(arguments: &[Value]) -> Result<Tree, Failure> {
    if !matches!(arguments[0], Value::Object(_)) {
        return failed("operand 1 must be object");
    }
    let mut tree = Tree::Node(BTreeMap::new());
    match &arguments[1] {
        Value::Array(paths) => {
            for path in paths.iter() {
                tree.add(&steps(path)?);
            }
        }
        Value::Set(paths) => {
            for path in paths.iter_sorted() {
                tree.add(&steps(path)?);
            }
        }
        _ => return failed("operand 2 must be one of {set, array}"),
    }
    Ok(tree)
}

/// What the paths lead to; recursion is as deep as the value, which is bounded.
fn filtered(value: &Value, tree: &Tree) -> Value {
    if matches!(tree, Tree::Leaf) {
        return value.clone();
    }
    let kept = |key: &Value, member: &Value| tree.child(key).map(|below| filtered(member, below));
    match value {
        Value::Array(items) => {
            let each = items.iter().enumerate();
            let kept = each.filter_map(|(i, item)| kept(&Value::from(i.to_string()), item));
            Value::from(kept.collect::<Vec<_>>())
        }
        Value::Set(items) => {
            let kept = items.iter_sorted().filter_map(|item| kept(item, item));
            Value::from(kept.collect::<BTreeSet<_>>())
        }
        Value::Object(members) => {
            let each = members.iter_sorted();
            let kept = each.filter_map(|(key, member)| Some((key.clone(), kept(key, member)?)));
            Value::from(kept.collect::<BTreeMap<_, _>>())
        }
        other => other.clone(),
    }
}

/// The value without what the paths lead to; `None` when nothing is left of it.
fn pruned(value: &Value, tree: Option<&Tree>) -> Option<Value> {
    let Some(tree) = tree else {
        return Some(value.clone());
    };
    if matches!(tree, Tree::Leaf) {
        return None;
    }
    Some(match value {
        Value::Array(items) => {
            let each = items.iter().enumerate();
            let kept =
                each.filter_map(|(i, item)| pruned(item, tree.child(&Value::from(i.to_string()))));
            Value::from(kept.collect::<Vec<_>>())
        }
        Value::Set(items) => {
            let kept = items.iter_sorted().filter_map(|item| pruned(item, tree.child(item)));
            Value::from(kept.collect::<BTreeSet<_>>())
        }
        Value::Object(members) => {
            let each = members.iter_sorted();
            let kept = each.filter_map(|(key, m)| Some((key.clone(), pruned(m, tree.child(key))?)));
            Value::from(kept.collect::<BTreeMap<_, _>>())
        }
        other => other.clone(),
    })
}

fn filter(a: &[Value]) -> Outcome {
    Ok(filtered(&a[0], &tree(a)?))
}

fn remove(a: &[Value]) -> Outcome {
    let tree = tree(a)?;
    Ok(pruned(&a[0], Some(&tree)).unwrap_or(Value::Undefined))
}

pub const BUILTINS: &[Builtin] = &[("json.filter", 2, filter), ("json.remove", 2, remove)];
