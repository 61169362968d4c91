// SPDX-License-Identifier: Apache-2.0
//! What OPA's compiler refuses and the interpreter would find only while evaluating, or never:
//! calls of functions that do not exist, wrong numbers and kinds of arguments, variables that
//! nothing can bind, and rules that contradict each other.
use super::arities::Arities;
use super::depends::Graph;
use super::kinds;
use super::names::{Locals, Names};
use super::rules;
use super::walk::{self, Place, Visitor};
use crate::problem::Problem;
use regorus::unstable::{Expr, Module, Ref, Rule, RuleHead, Span, BUILTINS};
use std::collections::{BTreeMap, HashMap, HashSet};

struct Checker<'c> {
    names: &'c Names,
    arities: &'c Arities<'c>,
    locals: HashSet<String>,
    /// Variables that something may bind.
    bound: HashSet<String>,
    used: Vec<Span>,
    /// Names that builtins start with: `with f as count` reads like a variable.
    replacements: &'c HashSet<String>,
    problems: &'c mut Vec<Problem>,
}

impl Checker<'_> {
    fn call(&mut self, function: &Ref<Expr>, arguments: &[Ref<Expr>]) {
        let (name, _) = rules::reference_text(function);
        if name == "print" {
            return;
        }
        // The span of a reference has the column of its last separator.
        let place = walk::root(function).unwrap_or(function.span());
        let Some(arity) = self.arities.of(self.names, function) else {
            self.problems.push(Problem::undefined(place, name));
            return;
        };
        let given = arguments.len();
        if self.arities.takes_result(self.names, function, given) {
            // The last one takes the result, and may bind.
            walk::expr(&arguments[arity], Place::Unifies, &mut Binds(&mut self.bound));
        } else if given != arity {
            let message = format!("function {name} has arity {arity}, got {given} arguments");
            self.problems.push(Problem::at(place, message));
        }
    }

    fn report_unsafe(&mut self) {
        let mut told = HashSet::new();
        for span in std::mem::take(&mut self.used) {
            let name = span.text();
            let known = self.bound.contains(name)
                || self.locals.contains(name)
                || self.names.knows(name)
                || self.replacements.contains(name)
                || matches!(name, "_" | "input" | "data");
            if !known && told.insert(name.to_string()) {
                self.problems.push(Problem::at(&span, format!("var {name} is unsafe")));
            }
        }
    }
}

struct Binds<'b>(&'b mut HashSet<String>);

impl Visitor for Binds<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        if let (Expr::Var { span, .. }, Place::Unifies | Place::Declares) = (expr.as_ref(), place) {
            self.0.insert(span.text().to_string());
        }
        true
    }
}

impl Visitor for Checker<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        match expr.as_ref() {
            Expr::Call { fcn, params, .. } => self.call(fcn, params),
            Expr::Var { span, .. } => match place {
                Place::Unifies => {
                    self.bound.insert(span.text().to_string());
                }
                Place::Value => self.used.push(span.clone()),
                Place::Declares | Place::Replaced => {}
            },
            Expr::RefDot { .. } | Expr::RefBrack { .. } if place != Place::Replaced => {
                self.used.extend(walk::root(expr).cloned());
            }
            _ => {}
        }
        let builtin = |function: &Ref<Expr>| self.arities.builtin(self.names, function);
        self.problems.extend(kinds::check(expr, &builtin));
        place != Place::Replaced
    }
}

/// Kinds of rule that may stand under one path: all values, all sets, or all functions of as many
/// arguments; and one default.
fn contradictions(modules: &[Ref<Module>], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, (Option<usize>, bool)> = BTreeMap::new();
    let mut defaults = HashSet::new();
    for module in modules {
        let package = rules::package_names(module);
        for rule in &module.policy {
            let mut path = package.clone();
            path.extend(rules::rule_names(rule));
            let path = rules::joined(&path);
            if matches!(rule.as_ref(), Rule::Default { .. }) && !defaults.insert(path.clone()) {
                let message = format!("multiple default rules data.{path} found");
                problems.push(Problem::at(rule.span(), message));
            }
            let set = matches!(rule.as_ref(), Rule::Spec { head: RuleHead::Set { .. }, .. });
            let kind = (rules::arity_of(rule), set);
            let first = *seen.entry(path.clone()).or_insert(kind);
            let default = matches!(rule.as_ref(), Rule::Default { .. });
            if first.0 != kind.0 || (first.1 != kind.1 && !default) {
                let message = format!("conflicting rules data.{path} found");
                problems.push(Problem::at(rule.span(), message));
            }
        }
    }
}

/// What names mean in each of the modules.
pub fn names_of(modules: &[Ref<Module>]) -> Vec<Names> {
    let mut rules_of: HashMap<String, HashSet<String>> = HashMap::new();
    for module in modules {
        let own = rules_of.entry(rules::package_of(module)).or_default();
        own.extend(module.policy.iter().filter_map(|r| rules::rule_names(r).first().cloned()));
    }
    let own = |m| rules_of.get(&rules::package_of(m)).cloned().unwrap_or_default();
    modules.iter().map(|m| Names::new(m, own(m))).collect()
}

/// Runs all checks over parsed modules; `names` is what names mean in each.
pub fn run(
    modules: &[Ref<Module>],
    names: &[Names],
    arities: &Arities,
    problems: &mut Vec<Problem>,
) {
    let builtins = BUILTINS.keys().copied().chain(arities.added());
    let replacements: HashSet<String> =
        builtins.map(|b| b.split('.').next().unwrap_or(b).to_string()).collect();
    contradictions(modules, problems);
    for (module, names) in modules.iter().zip(names) {
        for rule in &module.policy {
            let mut locals = Locals::default();
            walk::rule(rule, &mut locals);
            let mut checker = Checker {
                names,
                arities,
                locals: locals.0,
                bound: HashSet::new(),
                used: Vec::new(),
                replacements: &replacements,
                problems,
            };
            walk::rule(rule, &mut checker);
            checker.report_unsafe();
        }
    }
    Graph::new(modules).check(names, problems);
}
