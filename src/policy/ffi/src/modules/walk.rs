// SPDX-License-Identifier: Apache-2.0
//! Visits every expression of a rule. Recursion is safe: the depth of terms is bounded before a
//! module is parsed (src/policy/rego/nesting.h).
use regorus::unstable::{Expr, Literal, LiteralStmt, Query, Ref, Rule, RuleHead, Span};

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Read as a value.
    Value,
    /// Variables in it are bound there: left of :=, after some, arguments of a function.
    Declares,
    /// Variables in it may be bound there: either side of =.
    Unifies,
    /// What a `with` replaces.
    Replaced,
}

pub trait Visitor {
    /// Called for every expression before its parts; a reference (a.b[c]) is one expression whose
    /// parts are its keys and, when it is no variable, what it starts from. False: the parts are
    /// not visited.
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool;
    /// Names declared by `some a, b` and `every k, v`.
    fn declared(&mut self, _name: &str) {}
    /// Called for every statement of every query, before its parts.
    fn statement(&mut self, _query: &Query, _stmt: &LiteralStmt) {}
}

/// The variable that a reference starts from, a itself for a variable; None when it starts from
/// something else.
pub fn root(reference: &Ref<Expr>) -> Option<&Span> {
    let mut at = reference;
    loop {
        match at.as_ref() {
            Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => at = refr,
            Expr::Var { span, .. } => return Some(span),
            _ => return None,
        }
    }
}

pub fn rule(rule: &Rule, visitor: &mut impl Visitor) {
    match rule {
        Rule::Default { args, value, .. } => {
            for arg in args {
                expr(arg, Place::Declares, visitor);
            }
            expr(value, Place::Value, visitor);
        }
        Rule::Spec { head, bodies, .. } => {
            rule_head(head, visitor);
            for body in bodies {
                if let Some(assign) = &body.assign {
                    expr(&assign.value, Place::Value, visitor);
                }
                query(&body.query, visitor);
            }
        }
    }
}

fn rule_head(head: &RuleHead, visitor: &mut impl Visitor) {
    match head {
        RuleHead::Compr { refr, assign, .. } => {
            head_keys(refr, visitor);
            if let Some(assign) = assign {
                expr(&assign.value, Place::Value, visitor);
            }
        }
        RuleHead::Set { refr, key, .. } => {
            head_keys(refr, visitor);
            if let Some(key) = key {
                expr(key, Place::Value, visitor);
            }
        }
        RuleHead::Func { refr, args, assign, .. } => {
            head_keys(refr, visitor);
            for arg in args {
                expr(arg, Place::Declares, visitor);
            }
            if let Some(assign) = assign {
                expr(&assign.value, Place::Value, visitor);
            }
        }
    }
}

/// The keys of a rule's own reference; its names are no expressions.
fn head_keys(reference: &Ref<Expr>, visitor: &mut impl Visitor) {
    let mut at = reference;
    loop {
        match at.as_ref() {
            Expr::RefDot { refr, .. } => at = refr,
            Expr::RefBrack { refr, index, .. } => {
                expr(index, Place::Value, visitor);
                at = refr;
            }
            _ => return,
        }
    }
}

pub fn query(query: &Query, visitor: &mut impl Visitor) {
    for stmt in &query.stmts {
        visitor.statement(query, stmt);
        statement(stmt, visitor);
    }
}

fn statement(stmt: &LiteralStmt, visitor: &mut impl Visitor) {
    match &stmt.literal {
        Literal::SomeVars { vars, .. } => {
            for var in vars {
                visitor.declared(var.text());
            }
        }
        Literal::SomeIn { key, value, collection, .. } => {
            if let Some(key) = key {
                expr(key, Place::Declares, visitor);
            }
            expr(value, Place::Declares, visitor);
            expr(collection, Place::Value, visitor);
        }
        Literal::Expr { expr: inner, .. } | Literal::NotExpr { expr: inner, .. } => {
            expr(inner, Place::Value, visitor);
        }
        Literal::Every { key, value, domain, query: body, .. } => {
            if let Some(key) = key {
                visitor.declared(key.text());
            }
            visitor.declared(value.text());
            expr(domain, Place::Value, visitor);
            query(body, visitor);
        }
    }
    for with in &stmt.with_mods {
        expr(&with.refr, Place::Replaced, visitor);
        expr(&with.r#as, Place::Value, visitor);
    }
}

fn all<'e>(
    parts: impl IntoIterator<Item = &'e Ref<Expr>>,
    place: Place,
    visitor: &mut impl Visitor,
) {
    for part in parts {
        expr(part, place, visitor);
    }
}

/// The keys and the start of a reference. A key may bind: input.items[i].
fn reference(node: &Ref<Expr>, visitor: &mut impl Visitor) {
    let mut at = node;
    loop {
        match at.as_ref() {
            Expr::RefDot { refr, .. } => at = refr,
            Expr::RefBrack { refr, index, .. } => {
                expr(index, Place::Unifies, visitor);
                at = refr;
            }
            Expr::Var { .. } => return,
            _ => return expr(at, Place::Value, visitor),
        }
    }
}

pub fn expr(node: &Ref<Expr>, place: Place, visitor: &mut impl Visitor) {
    if !visitor.expr(node, place) {
        return;
    }
    match node.as_ref() {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => {}
        Expr::Array { items, .. } | Expr::Set { items, .. } => all(items, place, visitor),
        Expr::Object { fields, .. } => {
            for (_, key, value) in fields {
                expr(key, Place::Value, visitor);
                expr(value, place, visitor);
            }
        }
        Expr::ArrayCompr { term, query: body, .. } | Expr::SetCompr { term, query: body, .. } => {
            expr(term, Place::Value, visitor);
            query(body, visitor);
        }
        Expr::ObjectCompr { key, value, query: body, .. } => {
            all([key, value], Place::Value, visitor);
            query(body, visitor);
        }
        Expr::Call { params, .. } => all(params, Place::Value, visitor),
        Expr::UnaryExpr { expr: inner, .. } => expr(inner, Place::Value, visitor),
        Expr::RefDot { .. } | Expr::RefBrack { .. } => reference(node, visitor),
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. } => all([lhs, rhs], Place::Value, visitor),
        Expr::AssignExpr { op, lhs, rhs, .. } => {
            if *op == regorus::unstable::AssignOp::ColEq {
                expr(lhs, Place::Declares, visitor);
                expr(rhs, Place::Value, visitor);
            } else {
                all([lhs, rhs], Place::Unifies, visitor);
            }
        }
        Expr::Membership { key, value, collection, .. } => {
            all(key, Place::Value, visitor);
            all([value, collection], Place::Value, visitor);
        }
    }
}
