// SPDX-License-Identifier: Apache-2.0
//! Takes the values of rules with `else` after their bodies, as OPA's compiler does.
//!
//! The interpreter finds the loops of such a value before it knows the variables of the body, and
//! takes each key that fits. So what is no constant and no variable becomes a statement at the end
//! of its body:
//!
//!   x := m[k] if { k := "b" } else := 3    x := v if { k := "b"; v := m[k] } else := 3
use super::arities::Arities;
use super::names::Names;
use super::pattern_text as text;
use super::printed::{Plain, Printed};
use super::splice::Edit;
use crate::problem::Problem;
use regorus::unstable::{Expr, Module, Query, Ref, Rule, RuleAssign, RuleHead};

/// Whether a value can stay in the head.
fn is_simple(value: &Expr) -> bool {
    match value {
        Expr::Var { .. }
        | Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. } => true,
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().all(|i| is_simple(i)),
        Expr::Object { fields, .. } => {
            fields.iter().all(|(_, key, value)| is_simple(key) && is_simple(value))
        }
        Expr::UnaryExpr { expr, .. } => matches!(**expr, Expr::Number { .. }),
        _ => false,
    }
}

/// The value of a head, which is that of its first body.
fn head_value(head: &RuleHead) -> Option<&RuleAssign> {
    match head {
        RuleHead::Compr { assign, .. } | RuleHead::Func { assign, .. } => assign.as_ref(),
        RuleHead::Set { .. } => None,
    }
}

struct Mover<'m> {
    source: &'m str,
    count: usize,
    edits: Vec<Edit>,
}

impl Mover<'_> {
    fn body(&mut self, assign: Option<&RuleAssign>, query: &Query) {
        let (Some(assign), Some(first), Some(last)) =
            (assign, query.stmts.first(), query.stmts.last())
        else {
            return;
        };
        if is_simple(&assign.value) {
            return;
        }
        self.count += 1;
        let name = format!("__bulkhead_value_{}__", self.count);
        let mut statement = Printed::new(0, 0);
        statement.push(&format!("; {name} := "));
        statement.expr(&assign.value, &mut Plain);
        let (start, end) = (assign.span.start as usize, text::end(self.source, &assign.span));
        let written = &self.source[start..end];
        let operator = if written.starts_with(":=") { ":=" } else { "=" };
        let lines = "\n".repeat(written.matches('\n').count());
        self.edits.push(Edit {
            at: start,
            size: end - start,
            text: format!("{operator} {name}{lines}"),
        });
        let mut behind = statement.finish();
        if !text::in_braces(query) {
            let at = text::start(self.source, &first.span);
            self.edits.push(Edit { at, size: 0, text: "{ ".to_string() });
            behind.push_str(" }");
        }
        let at = text::end(self.source, &last.span);
        self.edits.push(Edit { at, size: 0, text: behind });
    }
}

/// The edits that move values of a module.
pub fn edits(
    module: &Ref<Module>,
    _names: &Names,
    _arities: &Arities,
    _problems: &mut Vec<Problem>,
) -> Vec<Edit> {
    let source = module.package.span.source.get_contents();
    let mut mover = Mover { source, count: 0, edits: Vec::new() };
    for rule in &module.policy {
        let Rule::Spec { head, bodies, .. } = rule.as_ref() else {
            continue;
        };
        if !bodies.iter().any(|body| body.is_else) {
            continue;
        }
        for (index, body) in bodies.iter().enumerate() {
            let own = if index == 0 { head_value(head) } else { body.assign.as_ref() };
            mover.body(own, &body.query);
        }
    }
    mover.edits
}
