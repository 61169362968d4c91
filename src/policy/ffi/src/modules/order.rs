// SPDX-License-Identifier: Apache-2.0
//! Puts negated statements behind those that bind their variables, as OPA's compiler does.
//!
//! The interpreter orders statements by what they need, but knows no need of a negation for a
//! variable that `=`, a key or a call binds further down, and lets it loop in the negation:
//!
//!   not input.approved[w]; w = "a"    true; w = "a"; not input.approved[w]
//!
//! A negation inside of one that is moved is moved the next time.
use super::arities::Arities;
use super::names::Names;
use super::pattern_text as text;
use super::printed::{Plain, Printed};
use super::splice::Edit;
use super::walk::{self, Place, Visitor};
use crate::problem::Problem;
use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Query, Ref};
use std::collections::HashSet;

/// Variables that statements bind in their own query, and those that they use.
struct Statement<'s> {
    names: &'s Names,
    arities: &'s Arities<'s>,
    bound: HashSet<String>,
    used: HashSet<String>,
}

impl Visitor for Statement<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        match expr.as_ref() {
            Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. } => {
                return false;
            }
            Expr::Var { span, .. } => {
                self.used.insert(span.text().to_string());
                if matches!(place, Place::Unifies | Place::Declares) {
                    self.bound.insert(span.text().to_string());
                }
            }
            Expr::Call { fcn, params, .. } => {
                if self.arities.takes_result(self.names, fcn, params.len()) {
                    params.last().into_iter().for_each(|p| walk::expr(p, Place::Unifies, self));
                }
            }
            _ => {}
        }
        true
    }
}

struct Mover<'m> {
    source: &'m str,
    names: &'m Names,
    arities: &'m Arities<'m>,
    /// Bytes that have been moved as a whole.
    moved: Vec<std::ops::Range<usize>>,
    edits: Vec<Edit>,
}

impl Mover<'_> {
    fn variables(&self, stmt: &LiteralStmt) -> Statement<'_> {
        let mut found = Statement {
            names: self.names,
            arities: self.arities,
            bound: HashSet::new(),
            used: HashSet::new(),
        };
        match &stmt.literal {
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => {
                walk::expr(expr, Place::Value, &mut found);
            }
            Literal::SomeIn { key, value, collection, .. } => {
                key.iter().for_each(|k| walk::expr(k, Place::Declares, &mut found));
                walk::expr(value, Place::Declares, &mut found);
                walk::expr(collection, Place::Value, &mut found);
            }
            Literal::Every { domain, .. } => walk::expr(domain, Place::Value, &mut found),
            Literal::SomeVars { .. } => {}
        }
        found
    }

    /// The negations that stand before a statement that alone binds a variable of theirs.
    fn early<'q>(&self, query: &'q Query) -> Vec<&'q LiteralStmt> {
        let negated = |stmt: &LiteralStmt| matches!(stmt.literal, Literal::NotExpr { .. });
        let mut before: HashSet<String> = HashSet::new();
        let mut found = Vec::new();
        for (index, stmt) in query.stmts.iter().enumerate() {
            let own = self.variables(stmt);
            if !negated(stmt) {
                before.extend(own.bound);
                continue;
            }
            let open: HashSet<&String> =
                own.used.difference(&before).filter(|name| !self.names.knows(name)).collect();
            let mut rest = query.stmts[index + 1..].iter().filter(|s| !negated(s));
            let binds = |s: &LiteralStmt| self.variables(s).bound.iter().any(|v| open.contains(v));
            if !open.is_empty() && rest.any(binds) {
                found.push(stmt);
            }
        }
        found
    }
}

impl Visitor for Mover<'_> {
    fn expr(&mut self, _expr: &Ref<Expr>, _place: Place) -> bool {
        true
    }

    fn statement(&mut self, query: &Query, stmt: &LiteralStmt) {
        let inside = self.moved.iter().any(|m| m.contains(&(stmt.span.start as usize)));
        let first = query.stmts.first().is_some_and(|first| first.sidx == stmt.sidx);
        let (Some(last), true, false) = (query.stmts.last(), first, inside) else {
            return;
        };
        let behind = text::end(self.source, &last.span);
        for early in self.early(query) {
            let (start, end) = (early.span.start as usize, text::end(self.source, &early.span));
            let mut statement = Printed::new(0, 0);
            statement.push("; ");
            statement.statement(early, &mut Plain);
            self.edits.push(Edit { at: behind, size: 0, text: statement.finish() });
            let lines = "\n".repeat(self.source[start..end].matches('\n').count());
            self.edits.push(Edit { at: start, size: end - start, text: format!("true{lines}") });
            self.moved.push(start..end);
        }
    }
}

/// The edits that put negations of a module behind what they need.
pub fn edits(
    module: &Ref<Module>,
    names: &Names,
    arities: &Arities,
    _problems: &mut Vec<Problem>,
) -> Vec<Edit> {
    let source = module.package.span.source.get_contents();
    let mut mover = Mover { source, names, arities, moved: Vec::new(), edits: Vec::new() };
    for rule in &module.policy {
        walk::rule(rule, &mut mover);
    }
    mover.edits
}
