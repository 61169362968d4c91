// SPDX-License-Identifier: Apache-2.0
//! Makes patterns of objects exact. `{"a": x} = y` holds for objects that have the member "a" and
//! no other; the interpreter would let others pass. So each pattern of an object gets a name of its
//! own, and statements that take it apart and count its members:
//!
//!   {"a": x} = input.y      object = input.y; {"a": x} = object; members(object) == 1
//!   some {"a": x} in xs     some object in xs; some x; {"a": x} = object; members(object) == 1
//!   f({"a": x}) if x > 1    f(object) if { some x; {"a": x} = object; members(object) == 1; ... }
//!   s[{"a": x}]             s[object]; {"a": x} = object; members(object) == 1
//!   y = {"a": x}            where something else may bind y, too: members(y) == 1 behind it
//!   not {"a": _} = y        set() == {true | ... }
//!
//! What cannot be written like this is a problem with its place.
use super::arities::Arities;
use super::names::Names;
use super::pattern_text::{self as text, Counter};
use super::splice::Edit;
use super::walk::{self, Place, Visitor};
use crate::problem::Problem;
use regorus::unstable::{
    AssignOp, Expr, Literal, LiteralStmt, Module, Query, Ref, Rule, RuleBody, RuleHead, Span,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How often each name stands in a rule, and how often something may bind it there. Keys of
/// references that are patterns of objects.
#[derive(Default)]
struct Uses {
    named: HashMap<String, usize>,
    bound: HashMap<String, usize>,
    keys: Vec<Ref<Expr>>,
}

impl Uses {
    fn binds(&mut self, expr: &Ref<Expr>) {
        if let Expr::Var { span, .. } = expr.as_ref() {
            *self.bound.entry(span.text().to_string()).or_default() += 1;
        }
    }
}

impl Visitor for Uses {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        match expr.as_ref() {
            Expr::Var { span, .. } => {
                *self.named.entry(span.text().to_string()).or_default() += 1;
                if matches!(place, Place::Unifies | Place::Declares) {
                    self.binds(expr);
                }
            }
            // The last argument may take the result.
            Expr::Call { params, .. } => params.last().into_iter().for_each(|p| self.binds(p)),
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                if let Some(span) = walk::root(expr) {
                    *self.named.entry(span.text().to_string()).or_default() += 1;
                }
                let mut at = expr;
                while let Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } = at.as_ref() {
                    if let Expr::RefBrack { index, .. } = at.as_ref() {
                        self.keys.extend(text::objects(index).into_iter().cloned());
                    }
                    at = refr;
                }
            }
            _ => {}
        }
        true
    }

    fn declared(&mut self, name: &str) {
        *self.bound.entry(name.to_string()).or_default() += 1;
    }
}

/// How two sides are unified.
#[derive(Clone, Copy)]
struct Unify<'u> {
    op: &'u str,
    with: bool,
    /// They stand inside of others, with which they are taken apart.
    inner: bool,
}

/// Statements that stand behind the one they belong to.
#[derive(Default)]
struct Behind {
    text: String,
    declared: BTreeSet<String>,
    /// Some value in a pattern is more than a name or a constant.
    refers: bool,
    first: Option<Span>,
}

struct Finder<'f> {
    source: &'f str,
    names: &'f Names,
    arities: &'f Arities<'f>,
    uses: Uses,
    counter: Counter,
    /// Keys of references that have been made exact.
    done: HashSet<u32>,
    /// Queries that get brackets around them.
    braced: HashSet<u32>,
    edits: Vec<Edit>,
    problems: &'f mut Vec<Problem>,
}

impl Finder<'_> {
    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push(Edit { at, size: 0, text: text.into() });
    }

    /// Puts a name in the place of a pattern, which is taken apart behind the statement.
    fn replace(&mut self, object: &Ref<Expr>, op: &str, behind: &mut Behind) {
        let name = self.counter.name();
        let mut counts = String::new();
        let written = text::of(object, &mut self.counter).and_then(|written| {
            let range = text::range(self.source, object)?;
            text::count_members(&name, object, &mut counts)?;
            Ok((written, range))
        });
        let (written, range) = match written {
            Ok(found) => found,
            Err(problem) => return self.problems.push(problem),
        };
        let lines = self.source[range.clone()].matches('\n').count();
        self.edits.push(Edit {
            at: range.start,
            size: range.len(),
            text: name.clone() + &"\n".repeat(lines),
        });
        // := wants something to declare.
        let op = if text::variables(object).is_empty() { "=" } else { op };
        behind.text.push_str(&format!("; {} {op} {name}{counts}", written.text));
        behind.refers |= written.refers;
        behind.first.get_or_insert_with(|| object.span().clone());
    }

    /// Every object of a pattern, the outermost ones.
    fn replace_all(&mut self, pattern: &Ref<Expr>, op: &str, behind: &mut Behind) {
        for object in text::objects(pattern) {
            self.replace(object, op, behind);
        }
    }

    /// As replace_all, where the names in the pattern are new ones.
    fn replace_declaring(&mut self, patterns: &[&Ref<Expr>], behind: &mut Behind) {
        let objects: Vec<&Ref<Expr>> = patterns.iter().flat_map(|p| text::objects(p)).collect();
        let outside: BTreeSet<String> =
            patterns.iter().flat_map(|p| text::variables_outside_objects(p)).collect();
        for object in objects {
            let mut new = text::variables(object);
            new.retain(|name| !outside.contains(name) && behind.declared.insert(name.clone()));
            if !new.is_empty() {
                let new: Vec<String> = new.into_iter().collect();
                behind.text.push_str(&format!("; some {}", new.join(", ")));
            }
            self.replace(object, "=", behind);
        }
    }

    /// Whether a name is one of the rule's own and nothing but this one statement gives it a value.
    fn only_built(&self, name: &str) -> bool {
        !self.names.knows(name) && self.uses.bound.get(name).copied().unwrap_or(0) <= 1
    }

    fn is_local(&self, name: &str) -> bool {
        !self.names.knows(name) && !matches!(name, "_" | "input" | "data")
    }

    /// One side of an assignment that may be a pattern, and what it is unified with.
    fn side(&mut self, pattern: &Ref<Expr>, other: &Ref<Expr>, how: Unify, behind: &mut Behind) {
        let compared = !how.inner && !text::has_variable(pattern);
        if text::objects(pattern).is_empty() || compared {
            return;
        }
        match other.as_ref() {
            Expr::Var { span, .. } if span.text() == "_" => {}
            // Which side binds is not known here, unless `_` says it: the name's own members are
            // counted.
            Expr::Var { span, .. }
                if self.is_local(span.text()) && !how.with && !text::has_wildcard(pattern) =>
            {
                if how.op == ":=" || !self.only_built(span.text()) {
                    let counted = text::count_members(span.text(), pattern, &mut behind.text);
                    self.problems.extend(counted.err());
                }
            }
            _ => self.replace_all(pattern, how.op, behind),
        }
    }

    fn pair(&mut self, left: &Ref<Expr>, right: &Ref<Expr>, how: Unify, behind: &mut Behind) {
        let inner = Unify { inner: true, ..how };
        match (left.as_ref(), right.as_ref()) {
            (Expr::Array { items: a, .. }, Expr::Array { items: b, .. }) => {
                for (a, b) in a.iter().zip(b) {
                    self.pair(a, b, inner, behind);
                }
            }
            (Expr::Object { .. }, Expr::Object { .. }) => {
                // The interpreter compares the keys of two that are written out.
                if let Some(pairs) = text::members_by_key(left, right) {
                    for (a, b) in pairs {
                        self.pair(a, b, inner, behind);
                    }
                } else {
                    self.replace_all(left, how.op, behind);
                }
            }
            (Expr::Array { .. }, Expr::Object { .. })
            | (Expr::Object { .. }, Expr::Array { .. }) => {}
            _ => {
                self.side(left, right, how, behind);
                if how.op == "=" {
                    self.side(right, left, how, behind);
                }
            }
        }
    }

    /// Keys of references, and arguments that take results.
    fn parts(&mut self, expr: &Ref<Expr>, behind: &mut Behind) {
        let mut found = Parts { names: self.names, arities: self.arities, objects: Vec::new() };
        walk::expr(expr, Place::Value, &mut found);
        for object in found.objects {
            self.done.insert(object.eidx());
            self.replace(&object, "=", behind);
        }
    }

    fn literal(&mut self, stmt: &LiteralStmt, behind: &mut Behind) {
        let with = !stmt.with_mods.is_empty();
        match &stmt.literal {
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => {
                if let Expr::AssignExpr { op, lhs, rhs, .. } = expr.as_ref() {
                    let op = if *op == AssignOp::ColEq { ":=" } else { "=" };
                    if text::has_variable(lhs) || text::has_variable(rhs) {
                        self.pair(lhs, rhs, Unify { op, with, inner: false }, behind);
                    }
                    self.parts(lhs, behind);
                    self.parts(rhs, behind);
                } else {
                    self.parts(expr, behind);
                }
            }
            Literal::SomeIn { key, value, collection, .. } => {
                let patterns: Vec<&Ref<Expr>> = key.iter().chain([value]).collect();
                self.replace_declaring(&patterns, behind);
                self.parts(collection, behind);
            }
            Literal::SomeVars { .. } | Literal::Every { .. } => {}
        }
    }

    /// The statements that take the arguments of a function apart.
    fn arguments(&mut self, rule: &Rule) -> String {
        let Rule::Spec { head: RuleHead::Func { args, .. }, bodies, .. } = rule else {
            return String::new();
        };
        let mut behind = Behind::default();
        self.replace_declaring(&args.iter().collect::<Vec<_>>(), &mut behind);
        if !behind.text.is_empty() {
            let alone =
                bodies.iter().map(|body| &body.query).filter(|query| !text::in_braces(query));
            self.braced.extend(alone.map(|query| query.qidx));
        }
        behind.text.split_off(behind.text.len().min("; ".len()))
    }

    /// Puts statements before those of each body.
    fn put_before(&mut self, rule: &Rule, statements: &str, v1: bool) {
        let Rule::Spec { span, bodies, .. } = rule else {
            return;
        };
        let keyword = if v1 { " if" } else { "" };
        let body = format!("{keyword} {{ {statements} }}");
        if bodies.is_empty() {
            let end = text::end(self.source, span);
            self.insert(end, body.clone());
        }
        for RuleBody { span, query, .. } in bodies {
            let (Some(first), Some(last)) = (query.stmts.first(), query.stmts.last()) else {
                let end = text::end(self.source, span);
                self.insert(end, body.clone());
                continue;
            };
            let start = text::start(self.source, &first.span);
            if text::in_braces(query) {
                self.insert(start, format!("{statements}; "));
            } else {
                self.insert(start, format!("{{ {statements}; "));
                let end = text::end(self.source, &last.span);
                self.insert(end, " }");
            }
        }
    }

    /// Keys in places where nothing can stand behind.
    fn check_keys(&mut self) {
        for key in std::mem::take(&mut self.uses.keys) {
            let named = |name: &String| self.uses.named.get(name).copied().unwrap_or(0) > 1;
            let free = text::has_wildcard(&key) || !text::variables(&key).iter().all(named);
            if free && !self.done.contains(&key.eidx()) {
                let message = "a pattern of an object as key of a reference can stand only in a \
                               statement of its own; take the value there, and use it here";
                self.problems.push(Problem::at(key.span(), message));
            }
        }
    }
}

impl Visitor for Finder<'_> {
    fn expr(&mut self, _expr: &Ref<Expr>, _place: Place) -> bool {
        true
    }

    fn statement(&mut self, query: &Query, stmt: &LiteralStmt) {
        let mut behind = Behind::default();
        self.literal(stmt, &mut behind);
        if behind.text.is_empty() {
            return;
        }
        let negated = matches!(stmt.literal, Literal::NotExpr { .. });
        if let (true, false, true, Some(place)) =
            (behind.refers, negated, !stmt.with_mods.is_empty(), &behind.first)
        {
            let message = "a pattern of an object that refers to other values cannot stand in one \
                           statement with `with`; bind those values before";
            return self.problems.push(Problem::at(place, message));
        }
        let start = stmt.span.start as usize;
        let mut end = text::end(self.source, &stmt.span);
        let alone = !text::in_braces(query) && !self.braced.contains(&query.qidx);
        if alone && !negated {
            self.insert(start, "{ ");
            behind.text.push_str(" }");
        }
        if let Literal::NotExpr { span, .. } = &stmt.literal {
            self.edits.push(Edit {
                at: start,
                size: "not".len(),
                text: "set() == {true |".to_string(),
            });
            end = text::end(self.source, span);
            behind.text.push('}');
        }
        self.insert(end, behind.text);
    }
}

/// Objects in an expression that the interpreter takes apart, but those of an assignment.
struct Parts<'p> {
    names: &'p Names,
    arities: &'p Arities<'p>,
    objects: Vec<Ref<Expr>>,
}

impl Visitor for Parts<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        match expr.as_ref() {
            // Their statements are visited for themselves.
            Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. } => false,
            Expr::Object { .. } if place == Place::Unifies => {
                if text::has_variable(expr) {
                    self.objects.push(expr.clone());
                }
                false
            }
            Expr::Call { fcn, params, .. } => {
                if self.arities.takes_result(self.names, fcn, params.len()) {
                    if let Some(result) = params.last().filter(|p| text::has_variable(p)) {
                        self.objects.extend(text::objects(result).into_iter().cloned());
                    }
                }
                true
            }
            _ => true,
        }
    }
}

/// The edits that make the patterns of a module exact.
pub fn edits(
    module: &Ref<Module>,
    names: &Names,
    arities: &Arities,
    problems: &mut Vec<Problem>,
) -> Vec<Edit> {
    let mut finder = Finder {
        source: module.package.span.source.get_contents(),
        names,
        arities,
        uses: Uses::default(),
        counter: Counter::default(),
        done: HashSet::new(),
        braced: HashSet::new(),
        edits: Vec::new(),
        problems,
    };
    for rule in &module.policy {
        finder.uses = Uses::default();
        walk::rule(rule, &mut finder.uses);
        let statements = finder.arguments(rule);
        walk::rule(rule, &mut finder);
        if !statements.is_empty() {
            finder.put_before(rule, &statements, module.rego_v1);
        }
        finder.check_keys();
    }
    finder.edits
}

/// Where an edit that overlaps others stands.
pub fn overlap(module: &Ref<Module>, edit: &Edit) -> Problem {
    let source = module.package.span.source.get_contents();
    let before = &source[..edit.at.min(source.len())];
    let line = 1 + before.matches('\n').count() as u32;
    let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count() as u32;
    let message =
        "a pattern of an object stands inside of another one's value; bind the value before";
    Problem::new(module.package.span.source.get_path(), line, column, message)
}
