// SPDX-License-Identifier: Apache-2.0
//! The lines of a module that hold something to evaluate.
//!
//! The interpreter reports them only for modules of which it evaluated some expression: a module
//! that nothing touched would be missing from the coverage, and the rest look complete. What counts
//! is what counts in its own report: heads of else branches and what only declares do not.
use super::walk::{self, Place, Visitor};
use regorus::unstable::{Expr, Module, Ref, Rule, RuleHead};
use std::collections::BTreeSet;

struct Lines(BTreeSet<u32>);

impl Visitor for Lines {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        match expr.as_ref() {
            _ if matches!(place, Place::Declares | Place::Replaced) => false,
            Expr::ArrayCompr { query, .. }
            | Expr::SetCompr { query, .. }
            | Expr::ObjectCompr { query, .. } => {
                walk::query(query, self);
                false
            }
            _ => {
                self.0.insert(expr.span().line);
                true
            }
        }
    }
}

fn head_value(head: &RuleHead) -> Option<&Ref<Expr>> {
    match head {
        RuleHead::Compr { assign, .. } | RuleHead::Func { assign, .. } => {
            assign.as_ref().map(|assign| &assign.value)
        }
        RuleHead::Set { key, .. } => key.as_ref(),
    }
}

pub fn of(module: &Module) -> BTreeSet<u32> {
    let mut lines = Lines(BTreeSet::new());
    for rule in &module.policy {
        match rule.as_ref() {
            Rule::Default { value, .. } => walk::expr(value, Place::Value, &mut lines),
            Rule::Spec { head, bodies, .. } => {
                if let Some(value) = head_value(head) {
                    walk::expr(value, Place::Value, &mut lines);
                }
                for body in bodies {
                    walk::query(&body.query, &mut lines);
                }
            }
        }
    }
    lines.0
}

/// The path that the module was read from.
pub fn path(module: &Module) -> &str {
    module.package.span.source.get_path()
}
