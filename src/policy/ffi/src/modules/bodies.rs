// SPDX-License-Identifier: Apache-2.0
//! Makes bodies mean what OPA's compiler makes of them.
//!
//! OPA evaluates the operands of a negated call before the `not`: where one of them has no value,
//! the body has none. The interpreter would take the call for undefined, and its negation for true:
//!
//!   not f(input.x)          operand := input.x; not f(operand)
//!   not s[input.x]          operand := input.x; not s[operand]
//!   not lower(x) == y.z     operand := lower(x); not operand == y.z
//!   not p with input as q   operand := q; not p with input as operand
//!   every k in ks { not m[k] }    every k in ks { operand := k; not m[operand] }
//!
//! References that are negated themselves or stand beside == and = are no operands: only the keys
//! in them are. Wildcards and names that nothing outside of negations binds are unsafe, unless they
//! stand in a call that is an operand itself.
//!
//! Declarations go to the front of their body, since the interpreter declares again with each round
//! of an iteration before them:
//!
//!   p := xs[_]; some i; p[i]    some i; p := xs[_]; true; p[i]
use super::arities::Arities;
use super::names::{Locals, Names};
use super::pattern_text as text;
use super::printed::{Printed, Queries};
use super::splice::Edit;
use super::walk::{self, Place, Visitor};
use crate::problem::Problem;
use regorus::unstable::{
    AssignOp, BoolOp, Expr, Literal, LiteralStmt, Module, Query, Ref, Rule, Span,
};
use std::collections::HashSet;

/// Names that something binds which is not negated itself. What only `some` or the head has is not
/// among them.
struct Bound<'b> {
    names: &'b Names,
    arities: &'b Arities<'b>,
    found: HashSet<String>,
    every: HashSet<String>,
    negated: HashSet<u32>,
}

/// What in a negated expression has a body of its own.
struct Inner<'i, 'b>(&'i mut Bound<'b>);

impl Visitor for Inner<'_, '_> {
    fn expr(&mut self, expr: &Ref<Expr>, _place: Place) -> bool {
        let own = matches!(
            expr.as_ref(),
            Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. }
        );
        if own {
            walk::expr(expr, Place::Value, self.0);
        }
        !own
    }
}

impl Visitor for Bound<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        if self.negated.remove(&expr.eidx()) {
            walk::expr(expr, Place::Value, &mut Inner(self));
            return false;
        }
        match expr.as_ref() {
            Expr::Var { span, .. } if matches!(place, Place::Unifies | Place::Declares) => {
                self.found.insert(span.text().to_string());
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

    fn statement(&mut self, _query: &Query, stmt: &LiteralStmt) {
        match &stmt.literal {
            Literal::NotExpr { expr, .. } => {
                self.negated.insert(expr.eidx());
            }
            Literal::Every { key, value, .. } => {
                self.every.extend(key.iter().chain([value]).map(|v| v.text().to_string()));
                self.found.extend(self.every.iter().cloned());
            }
            _ => {}
        }
    }
}

/// Names that statements use: in the body itself, or only in bodies inside of it.
#[derive(Default)]
struct Mentions {
    own: HashSet<String>,
    inner: HashSet<String>,
    declared: HashSet<String>,
    depth: usize,
}

impl Mentions {
    fn statement(&mut self, stmt: &LiteralStmt) {
        match &stmt.literal {
            Literal::SomeVars { vars, .. } => {
                self.own.extend(vars.iter().map(|var| var.text().to_string()));
            }
            Literal::SomeIn { key, value, collection, .. } => {
                for part in key.iter().chain([value, collection]) {
                    walk::expr(part, Place::Value, self);
                }
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => {
                walk::expr(expr, Place::Value, self);
            }
            Literal::Every { domain, query, key, value, .. } => {
                walk::expr(domain, Place::Value, self);
                self.inside(query, &[]);
                self.declared.extend(key.iter().chain([value]).map(|v| v.text().to_string()));
            }
        }
        for with in &stmt.with_mods {
            walk::expr(&with.r#as, Place::Value, self);
        }
    }

    fn inside(&mut self, query: &Query, terms: &[&Ref<Expr>]) {
        self.depth += 1;
        walk::query(query, self);
        for term in terms {
            walk::expr(term, Place::Value, self);
        }
        self.depth -= 1;
    }

    fn has(&self, name: &str) -> bool {
        self.own.contains(name) || (self.inner.contains(name) && !self.declared.contains(name))
    }
}

impl Visitor for Mentions {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        if let Some(span) = walk::root(expr) {
            let name = span.text().to_string();
            if self.depth > 0 && place == Place::Declares {
                self.declared.insert(name.clone());
            }
            let uses = if self.depth > 0 { &mut self.inner } else { &mut self.own };
            uses.insert(name);
        }
        match expr.as_ref() {
            _ if self.depth > 0 => return true,
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.inside(query, &[term]);
            }
            Expr::ObjectCompr { key, value, query, .. } => self.inside(query, &[key, value]),
            _ => return true,
        }
        false
    }

    fn declared(&mut self, name: &str) {
        self.declared.insert(name.to_string());
    }
}

/// What a module ends with that asked for `not` with bodies (rewrite.cc puts it there and takes the
/// import away): there OPA reads `not e` as `not {e}`, and operands stay inside.
const NOT_BODIES: &str = "#bulkhead:not-bodies";

/// The names of a rule, and how it is changed.
struct Changer<'c> {
    source: &'c str,
    names: &'c Names,
    arities: &'c Arities<'c>,
    locals: HashSet<String>,
    /// Names that something binds outside of negations.
    bound: HashSet<String>,
    /// Names that some `every` gives.
    every: HashSet<String>,
    /// Operands that have got a name in the module.
    count: usize,
    /// The last bytes that have been written again as a whole.
    written: std::ops::Range<usize>,
    edits: Vec<Edit>,
    problems: &'c mut Vec<Problem>,
}

/// Variables of an expression, but not those of comprehensions and of calls, which stand alone.
#[derive(Default)]
struct Variables(Vec<Span>);

impl Visitor for Variables {
    fn expr(&mut self, expr: &Ref<Expr>, _place: Place) -> bool {
        self.0.extend(walk::root(expr).cloned());
        !matches!(
            expr.as_ref(),
            Expr::ArrayCompr { .. }
                | Expr::SetCompr { .. }
                | Expr::ObjectCompr { .. }
                | Expr::Call { .. }
                | Expr::UnaryExpr { .. }
                | Expr::BinExpr { .. }
                | Expr::BoolExpr { .. }
                | Expr::ArithExpr { .. }
                | Expr::Membership { .. }
        )
    }
}

/// The operands of one negated statement.
struct Operands<'o, 'c> {
    changer: &'o Changer<'c>,
    found: Vec<Ref<Expr>>,
    /// Variables that nothing binds.
    unbound: Vec<Span>,
    /// A negated `:=`.
    assigned: Option<Ref<Expr>>,
}

impl Operands<'_, '_> {
    /// Whether a name means something that may have no value.
    fn refers(&self, name: &str) -> bool {
        let outer = matches!(name, "input" | "data") || self.changer.names.knows(name);
        outer && !self.changer.locals.contains(name)
    }

    /// Whether nothing outside of negations binds this variable.
    fn is_own(&self, name: &str) -> bool {
        name == "_" || !(self.changer.bound.contains(name) || self.refers(name))
    }

    /// Notes variables of a reference that nothing can bind; whether there are any.
    fn has_unbound(&mut self, reference: &Ref<Expr>) -> bool {
        let mut used = Variables::default();
        walk::expr(reference, Place::Value, &mut used);
        let own: Vec<Span> = used.0.into_iter().filter(|v| self.is_own(v.text())).collect();
        self.unbound.extend(own.iter().cloned());
        !own.is_empty()
    }

    /// What stands where a value is needed.
    fn value(&mut self, expr: &Ref<Expr>) {
        match expr.as_ref() {
            Expr::Var { span, .. } if self.refers(span.text()) => self.found.push(expr.clone()),
            Expr::Var { span, .. } if self.is_own(span.text()) => self.unbound.push(span.clone()),
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                if !self.has_unbound(expr) {
                    self.found.push(expr.clone());
                }
            }
            Expr::UnaryExpr { expr: inner, .. } if matches!(**inner, Expr::Number { .. }) => {}
            Expr::Call { .. }
            | Expr::UnaryExpr { .. }
            | Expr::BinExpr { .. }
            | Expr::BoolExpr { .. }
            | Expr::ArithExpr { .. }
            | Expr::Membership { .. } => self.found.push(expr.clone()),
            Expr::Array { items, .. } | Expr::Set { items, .. } => {
                items.iter().for_each(|item| self.value(item));
            }
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.value(key);
                    self.value(value);
                }
            }
            _ => {}
        }
    }

    /// What may stay where it is when it is a reference.
    fn term(&mut self, expr: &Ref<Expr>) {
        match expr.as_ref() {
            Expr::Var { .. } => {}
            Expr::RefDot { refr, .. } => self.term(refr),
            Expr::RefBrack { refr, index, .. } => {
                self.term(refr);
                match index.as_ref() {
                    // A key binds its variable, though not for a negation.
                    Expr::Var { span, .. } if self.is_own(span.text()) => {
                        self.unbound.push(span.clone());
                    }
                    // The interpreter takes it for one that the key binds.
                    Expr::Var { span, .. } if self.changer.every.contains(span.text()) => {
                        self.found.push(index.clone());
                    }
                    _ => self.value(index),
                }
            }
            _ => self.value(expr),
        }
    }

    fn negated(&mut self, expr: &Ref<Expr>) {
        match expr.as_ref() {
            Expr::AssignExpr { op: AssignOp::ColEq, .. } => self.assigned = Some(expr.clone()),
            Expr::AssignExpr { lhs, rhs, .. } => {
                for side in [lhs, rhs] {
                    self.has_unbound(side);
                    self.term(side);
                }
            }
            Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. } => {
                self.term(lhs);
                self.term(rhs);
            }
            Expr::BoolExpr { lhs, rhs, .. }
            | Expr::BinExpr { lhs, rhs, .. }
            | Expr::ArithExpr { lhs, rhs, .. } => {
                self.value(lhs);
                self.value(rhs);
            }
            Expr::Membership { key, value, collection, .. } => {
                key.iter().chain([value, collection]).for_each(|part| self.value(part));
            }
            Expr::Call { fcn, params, .. } => {
                params.iter().for_each(|param| self.value(param));
                if walk::root(fcn).is_some_and(|name| name.text() == "print") {
                    self.unbound.clear(); // it prints what has no value, too
                }
            }
            Expr::UnaryExpr { expr, .. } => self.value(expr),
            _ => self.term(expr),
        }
    }
}

impl Changer<'_> {
    fn is_function(&self, expr: &Ref<Expr>) -> bool {
        self.arities.of(self.names, expr).is_some()
    }

    /// What is evaluated before a statement: first values of `with`, which come without it.
    fn operands(&mut self, stmt: &LiteralStmt) -> (Vec<Ref<Expr>>, Vec<Ref<Expr>>) {
        let Literal::NotExpr { expr, .. } = &stmt.literal else {
            return (Vec::new(), Vec::new());
        };
        let mut operands =
            Operands { changer: self, found: Vec::new(), unbound: Vec::new(), assigned: None };
        for with in stmt.with_mods.iter().filter(|with| !self.is_function(&with.r#as)) {
            operands.value(&with.r#as);
        }
        let withs = std::mem::take(&mut operands.found);
        operands.unbound.clear();
        operands.negated(expr);
        let (found, unbound, assigned) = (operands.found, operands.unbound, operands.assigned);
        for span in unbound {
            self.report(Problem::at(&span, format!("var {} is unsafe", span.text())));
        }
        if let Some(assigned) = assigned {
            let message = "cannot assign vars inside negated expression";
            self.report(Problem::at(assigned.span(), message));
        }
        if self.source.ends_with(NOT_BODIES) {
            return (Vec::new(), Vec::new());
        }
        (withs, found)
    }

    /// Once for each place: a statement may be looked at twice.
    fn report(&mut self, problem: Problem) {
        let told = |p: &Problem| {
            (&p.path, p.line, p.column, &p.message)
                == (&problem.path, problem.line, problem.column, &problem.message)
        };
        if !self.problems.iter().any(told) {
            self.problems.push(problem);
        }
    }

    /// Declarations behind other statements.
    fn late<'q>(&mut self, query: &'q Query) -> Vec<&'q LiteralStmt> {
        let declares = |stmt: &&LiteralStmt| matches!(stmt.literal, Literal::SomeVars { .. });
        let first = query.stmts.iter().take_while(declares).count();
        let late: Vec<_> = query.stmts.iter().skip(first).filter(declares).collect();
        if !late.is_empty() {
            let mut mentions = Mentions::default();
            for stmt in &query.stmts {
                if let Literal::SomeVars { vars, .. } = &stmt.literal {
                    self.check_unused(vars, &mentions);
                }
                mentions.statement(stmt);
            }
        }
        late
    }

    fn check_unused(&mut self, vars: &[Span], mentions: &Mentions) {
        for var in vars.iter().filter(|var| mentions.has(var.text())) {
            let message = format!("var {} referenced above", var.text());
            self.problems.push(Problem::at(var, message));
        }
    }

    fn write(&mut self, stmt: &LiteralStmt, out: &mut Printed) {
        let (withs, operands) = self.operands(stmt);
        let own = withs.len();
        for (index, operand) in withs.iter().chain(&operands).enumerate() {
            self.count += 1;
            let name = format!("__bulkhead_operand_{}__", self.count);
            out.push(&format!("{name} := "));
            out.expr(operand, self);
            if index >= own {
                out.withs_again(&stmt.with_mods, self);
            }
            out.push("; ");
            out.named.insert(operand.eidx(), name);
        }
        out.statement(stmt, self);
    }

    fn rewrite(&mut self, query: &Query, stmt: &LiteralStmt) {
        let (start, end) = (stmt.span.start as usize, text::end(self.source, &stmt.span));
        let lines = self.source[start..end].matches('\n').count() as u32;
        let mut out = Printed::new(stmt.span.line, stmt.span.line + lines);
        let alone = !text::in_braces(query);
        out.push(if alone { "{ " } else { "" });
        self.write(stmt, &mut out);
        out.push(if alone { " }" } else { "" });
        self.edits.push(Edit { at: start, size: end - start, text: out.finish() });
        self.written = start..end;
    }
}

impl Queries for Changer<'_> {
    fn query(&mut self, query: &Query, out: &mut Printed) {
        let late = self.late(query);
        for stmt in &late {
            if let Literal::SomeVars { vars, .. } = &stmt.literal {
                out.some(vars);
                out.push("; ");
            }
        }
        let kept = query.stmts.iter().filter(|s| !late.iter().any(|l| l.sidx == s.sidx));
        for (index, stmt) in kept.enumerate() {
            out.push(if index > 0 { "; " } else { "" });
            self.write(stmt, out);
        }
    }
}

impl Visitor for Changer<'_> {
    fn expr(&mut self, _expr: &Ref<Expr>, _place: Place) -> bool {
        true
    }

    fn statement(&mut self, query: &Query, stmt: &LiteralStmt) {
        if self.written.contains(&(stmt.span.start as usize)) {
            return;
        }
        if query.stmts.first().is_some_and(|first| first.sidx == stmt.sidx) {
            for late in self.late(query) {
                let at = text::start(self.source, &stmt.span);
                let end = text::end(self.source, &late.span);
                let from = late.span.start as usize;
                let declaration = &self.source[from..end];
                let lines = "\n".repeat(declaration.matches('\n').count());
                if let Literal::SomeVars { vars, .. } = &late.literal {
                    let mut out = Printed::new(0, 0);
                    out.some(vars);
                    self.edits.push(Edit { at, size: 0, text: out.finish() + "; " });
                }
                let text = format!("true{lines}");
                self.edits.push(Edit { at: from, size: end - from, text });
            }
        }
        let (withs, operands) = self.operands(stmt);
        if !withs.is_empty() || !operands.is_empty() {
            self.rewrite(query, stmt);
        }
    }
}

/// The edits that change the bodies of a module.
pub fn edits(
    module: &Ref<Module>,
    names: &Names,
    arities: &Arities,
    problems: &mut Vec<Problem>,
) -> Vec<Edit> {
    let mut changer = Changer {
        source: module.package.span.source.get_contents(),
        names,
        arities,
        locals: HashSet::new(),
        bound: HashSet::new(),
        every: HashSet::new(),
        count: 0,
        written: 0..0,
        edits: Vec::new(),
        problems,
    };
    for rule in &module.policy {
        changer.rule(rule);
    }
    changer.edits
}

impl Changer<'_> {
    fn rule(&mut self, rule: &Rule) {
        let mut locals = Locals::default();
        walk::rule(rule, &mut locals);
        self.locals = locals.0;
        let mut bound = Bound {
            names: self.names,
            arities: self.arities,
            found: HashSet::new(),
            every: HashSet::new(),
            negated: HashSet::new(),
        };
        walk::rule(rule, &mut bound);
        self.bound = bound.found;
        self.every = bound.every;
        walk::rule(rule, self);
    }
}
