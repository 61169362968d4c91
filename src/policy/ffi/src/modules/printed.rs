// SPDX-License-Identifier: Apache-2.0
//! Expressions and statements as text. What is written stays on the lines it came from as long as
//! nothing later has been written before; it never takes more lines than it had.
use crate::json;
use regorus::unstable::{
    ArithOp, AssignOp, BinOp, BoolOp, Expr, Literal, LiteralStmt, Query, Ref, Span, WithModifier,
};
use std::collections::HashMap;

/// How tightly the parts of an expression hold together; parts that hold less get brackets.
type Level = u8;
const MEMBERSHIP: Level = 1;
const COMPARISON: Level = 2;
const TERM: Level = 9;

fn level(expr: &Expr) -> Level {
    match expr {
        Expr::AssignExpr { .. } => 0,
        // A sign takes all that follows.
        Expr::Membership { .. } | Expr::UnaryExpr { .. } => MEMBERSHIP,
        Expr::BoolExpr { .. } => COMPARISON,
        Expr::BinExpr { op: BinOp::Union, .. } => 3,
        Expr::BinExpr { op: BinOp::Intersection, .. } => 4,
        Expr::ArithExpr { op: ArithOp::Add | ArithOp::Sub, .. } => 5,
        Expr::ArithExpr { .. } => 6,
        _ => TERM,
    }
}

fn comparison(op: &BoolOp) -> &'static str {
    match op {
        BoolOp::Lt => "<",
        BoolOp::Le => "<=",
        BoolOp::Eq => "==",
        BoolOp::Ge => ">=",
        BoolOp::Gt => ">",
        BoolOp::Ne => "!=",
    }
}

fn arithmetic(op: &ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "+",
        ArithOp::Sub => "-",
        ArithOp::Mul => "*",
        ArithOp::Div => "/",
        ArithOp::Mod => "%",
    }
}

pub struct Printed {
    pub text: String,
    line: u32,
    last_line: u32,
    /// Names that stand for expressions, by their number.
    pub named: HashMap<u32, String>,
    /// No line ends, for what is written more than once.
    flat: bool,
}

/// How the queries inside of expressions are written.
pub trait Queries {
    fn query(&mut self, query: &Query, out: &mut Printed);
}

/// Queries as they are.
pub struct Plain;

impl Queries for Plain {
    fn query(&mut self, query: &Query, out: &mut Printed) {
        for (index, stmt) in query.stmts.iter().enumerate() {
            out.push(if index > 0 { "; " } else { "" });
            out.statement(stmt, self);
        }
    }
}

impl Printed {
    /// What is written stands on these lines.
    pub fn new(line: u32, last_line: u32) -> Printed {
        Printed { text: String::new(), line, last_line, named: HashMap::new(), flat: false }
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Only where a line may end: before the first token of an expression.
    fn go_to(&mut self, line: u32) {
        while !self.flat && self.line < line.min(self.last_line) {
            self.text.push('\n');
            self.line += 1;
        }
    }

    /// The text, with the line ends that are still missing.
    pub fn finish(mut self) -> String {
        self.go_to(self.last_line);
        self.text
    }

    fn leaf(&mut self, span: &Span, text: &str) {
        self.go_to(span.line);
        self.text.push_str(text);
    }

    fn list(&mut self, items: &[Ref<Expr>], queries: &mut dyn Queries) {
        for (index, item) in items.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.at_least(COMPARISON, item, queries);
        }
    }

    fn at_least(&mut self, least: Level, expr: &Ref<Expr>, queries: &mut dyn Queries) {
        let brackets = level(expr) < least && !self.named.contains_key(&expr.eidx());
        self.push(if brackets { "(" } else { "" });
        self.expr(expr, queries);
        self.push(if brackets { ")" } else { "" });
    }

    fn infix(&mut self, expr: &Expr, op: &str, sides: [&Ref<Expr>; 2], queries: &mut dyn Queries) {
        let own = level(expr);
        let left = if own == COMPARISON { own + 1 } else { own };
        self.at_least(left, sides[0], queries);
        self.push(&format!(" {op} "));
        self.at_least(own + 1, sides[1], queries);
    }

    fn comprehension(
        &mut self,
        brackets: [&str; 2],
        terms: &[&Ref<Expr>],
        query: &Query,
        queries: &mut dyn Queries,
    ) {
        self.push(brackets[0]);
        for (index, term) in terms.iter().enumerate() {
            self.push(if index > 0 { ": " } else { "" });
            self.at_least(TERM, term, queries);
        }
        self.push(" | ");
        queries.query(query, self);
        self.push(brackets[1]);
    }

    pub fn expr(&mut self, node: &Ref<Expr>, queries: &mut dyn Queries) {
        if let Some(name) = self.named.get(&node.eidx()) {
            self.text.push_str(name);
            return;
        }
        match node.as_ref() {
            Expr::String { span, value, .. } | Expr::RawString { span, value, .. } => {
                let mut quoted = String::new();
                json::write(value, &mut quoted);
                self.leaf(span, &quoted);
            }
            Expr::Number { span, .. }
            | Expr::Bool { span, .. }
            | Expr::Null { span, .. }
            | Expr::Var { span, .. } => self.leaf(span, span.text()),
            Expr::UnaryExpr { expr, .. } => {
                self.push("-");
                self.at_least(MEMBERSHIP, expr, queries);
            }
            Expr::BinExpr { op, lhs, rhs, .. } => {
                let op = if *op == BinOp::Union { "|" } else { "&" };
                self.infix(node, op, [lhs, rhs], queries);
            }
            Expr::BoolExpr { op, lhs, rhs, .. } => {
                self.infix(node, comparison(op), [lhs, rhs], queries);
            }
            Expr::ArithExpr { op, lhs, rhs, .. } => {
                self.infix(node, arithmetic(op), [lhs, rhs], queries);
            }
            Expr::AssignExpr { op, lhs, rhs, .. } => {
                self.at_least(TERM, lhs, queries);
                self.push(if *op == AssignOp::ColEq { " := " } else { " = " });
                self.at_least(MEMBERSHIP, rhs, queries);
            }
            Expr::Membership { key, value, collection, .. } => {
                self.membership(key, value, collection, queries);
            }
            _ => self.composite(node, queries),
        }
    }

    /// "key, value in collection", as an expression and behind `some`.
    fn membership(
        &mut self,
        key: &Option<Ref<Expr>>,
        value: &Ref<Expr>,
        collection: &Ref<Expr>,
        queries: &mut dyn Queries,
    ) {
        if let Some(key) = key {
            self.at_least(COMPARISON, key, queries);
            self.push(", ");
        }
        self.at_least(COMPARISON, value, queries);
        self.push(" in ");
        self.at_least(COMPARISON, collection, queries);
    }

    fn composite(&mut self, node: &Expr, queries: &mut dyn Queries) {
        match node {
            Expr::Set { items, .. } if items.is_empty() => self.push("set()"),
            Expr::Array { items, .. } | Expr::Set { items, .. } => {
                let array = matches!(node, Expr::Array { .. });
                self.push(if array { "[" } else { "{" });
                self.list(items, queries);
                self.push(if array { "]" } else { "}" });
            }
            Expr::Object { fields, .. } => {
                self.push("{");
                for (index, (_, key, value)) in fields.iter().enumerate() {
                    self.push(if index > 0 { ", " } else { "" });
                    self.at_least(COMPARISON, key, queries);
                    self.push(": ");
                    self.at_least(COMPARISON, value, queries);
                }
                self.push("}");
            }
            Expr::ArrayCompr { term, query, .. } => {
                self.comprehension(["[", "]"], &[term], query, queries);
            }
            Expr::SetCompr { term, query, .. } => {
                self.comprehension(["{", "}"], &[term], query, queries);
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.comprehension(["{", "}"], &[key, value], query, queries);
            }
            Expr::Call { fcn, params, .. } => {
                self.expr(fcn, queries);
                self.push("(");
                self.list(params, queries);
                self.push(")");
            }
            Expr::RefDot { refr, field, .. } => {
                self.at_least(TERM, refr, queries);
                self.push(".");
                self.push(field.0.text());
            }
            Expr::RefBrack { refr, index, .. } => {
                self.at_least(TERM, refr, queries);
                self.push("[");
                self.at_least(COMPARISON, index, queries);
                self.push("]");
            }
            _ => {}
        }
    }

    pub fn withs(&mut self, withs: &[WithModifier], queries: &mut dyn Queries) {
        for with in withs {
            self.push(" with ");
            self.expr(&with.refr, queries);
            self.push(" as ");
            self.at_least(COMPARISON, &with.r#as, queries);
        }
    }

    /// As withs, on one line.
    pub fn withs_again(&mut self, withs: &[WithModifier], queries: &mut dyn Queries) {
        self.flat = true;
        self.withs(withs, queries);
        self.flat = false;
    }

    pub fn statement(&mut self, stmt: &LiteralStmt, queries: &mut dyn Queries) {
        self.go_to(stmt.span.line);
        match &stmt.literal {
            Literal::SomeVars { vars, .. } => self.some(vars),
            Literal::SomeIn { key, value, collection, .. } => {
                self.push("some ");
                self.membership(key, value, collection, queries);
            }
            Literal::Expr { expr, .. } => self.expr(expr, queries),
            Literal::NotExpr { expr, .. } => {
                self.push("not ");
                self.expr(expr, queries);
            }
            Literal::Every { key, value, domain, query, .. } => {
                self.push("every ");
                if let Some(key) = key {
                    self.push(key.text());
                    self.push(", ");
                }
                self.push(value.text());
                self.push(" in ");
                self.at_least(COMPARISON, domain, queries);
                self.push(" { ");
                queries.query(query, self);
                self.push(" }");
            }
        }
        self.withs(&stmt.with_mods, queries);
    }

    pub fn some(&mut self, vars: &[Span]) {
        self.push("some ");
        let names: Vec<&str> = vars.iter().map(|var| var.text()).collect();
        self.push(&names.join(", "));
    }
}
