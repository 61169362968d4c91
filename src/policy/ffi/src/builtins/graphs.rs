// SPDX-License-Identifier: Apache-2.0
//! graph.reachable_paths as OPA has it. A graph has more paths than anything can hold, and each is
//! as long as it likes: the deadline is looked at by what was written, not by allocations.
use super::call::{failed, Failure, Outcome};
use crate::guard;
use regorus::Value;
use std::collections::BTreeSet;

/// Nodes of paths written between two looks at the clock.
const LOOK_EVERY: usize = 4096;

type Members<'g> = std::vec::IntoIter<&'g Value>;

/// Elements of an array or a set; of anything else, none.
fn members(value: &Value) -> Members<'_> {
    let all: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Set(items) => items.iter_sorted().collect(),
        _ => Vec::new(),
    };
    all.into_iter()
}

/// A node of the path that is walked, with the neighbours to come.
struct Level<'g> {
    neighbours: Members<'g>,
    /// Of the first node neighbours are entered without asking whether they were reached.
    first: bool,
    /// Whether the node is one of the reached because of this level.
    reached: bool,
}

struct Walk<'g> {
    graph: &'g Value,
    path: Vec<&'g Value>,
    reached: BTreeSet<&'g Value>,
    levels: Vec<Level<'g>>,
    paths: BTreeSet<Value>,
    written: usize,
}

impl<'g> Walk<'g> {
    fn neighbours(&self, node: &Value) -> Option<Members<'g>> {
        match &self.graph[node] {
            Value::Undefined => None,
            neighbours => Some(members(neighbours)),
        }
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.written += self.path.len();
        if self.written >= LOOK_EVERY {
            self.written = 0;
            if guard::overdue() {
                return Err(Failure::Limit("the graph has too many paths".to_string()));
            }
        }
        let path = self.path.iter().map(|node| (*node).clone());
        self.paths.insert(Value::from(path.collect::<Vec<_>>()));
        Ok(())
    }

    fn enter(&mut self, node: &'g Value, first: bool) -> Result<(), Failure> {
        let Some(neighbours) = self.neighbours(node) else {
            // The start has to be in the graph; behind it, a path ends before what is not.
            return if first { Ok(()) } else { self.commit() };
        };
        self.path.push(node);
        if neighbours.len() == 0 {
            self.commit()?;
            self.path.pop();
            return Ok(());
        }
        let reached = self.reached.insert(node);
        self.levels.push(Level { neighbours, first, reached });
        Ok(())
    }

    fn from(&mut self, start: &'g Value) -> Result<(), Failure> {
        self.enter(start, true)?;
        while let Some(level) = self.levels.last_mut() {
            let first = level.first;
            match level.neighbours.next() {
                Some(node) if !first && self.reached.contains(node) => self.commit()?,
                Some(node) => self.enter(node, false)?,
                None => self.leave(),
            }
        }
        Ok(())
    }

    fn leave(&mut self) {
        let level = self.levels.pop();
        let node = self.path.pop();
        if let (Some(Level { reached: true, .. }), Some(node)) = (level, node) {
            self.reached.remove(node);
        }
    }
}

pub fn reachable_paths(a: &[Value]) -> Outcome {
    if !matches!(a[0], Value::Object(_)) {
        return failed("operand 1 must be object");
    }
    if !matches!(a[1], Value::Array(_) | Value::Set(_)) {
        return failed("operand 2 must be one of {array, set}");
    }
    let mut walk = Walk {
        graph: &a[0],
        path: Vec::new(),
        reached: BTreeSet::new(),
        levels: Vec::new(),
        paths: BTreeSet::new(),
        written: 0,
    };
    for start in members(&a[1]) {
        walk.from(start)?;
    }
    Ok(Value::from(walk.paths))
}
