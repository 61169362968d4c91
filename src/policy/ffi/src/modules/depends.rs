// SPDX-License-Identifier: Apache-2.0
//! Which rules a rule stands on. Recursion, which Rego has not, is an error here and not when the
//! stack ends; so is a chain of rules that is too long for the stack.
use super::names::{Locals, Names, Step};
use super::rules;
use super::walk::{self, Place, Visitor};
use crate::problem::Problem;
use regorus::unstable::{Expr, Module, Ref, Rule};
use std::collections::{BTreeMap, HashSet};

/// Weight of a chain: one for each rule and one for each level of the values it builds. Values are
/// compared and freed level by level, and evaluation needs far more stack than this for each rule.
const MAX_CHAIN: usize = 4000;

/// Names of packages and rules as a tree.
#[derive(Default)]
struct Node {
    children: BTreeMap<String, usize>,
    rules: Vec<usize>,
}

/// References of a rule, and how deeply the values nest that it builds.
struct References<'n> {
    names: &'n Names,
    locals: HashSet<String>,
    found: Vec<Vec<Step>>,
}

impl Visitor for References<'_> {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        if place == Place::Replaced {
            return false;
        }
        let reference = match expr.as_ref() {
            Expr::Call { fcn, .. } => fcn,
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => expr,
            _ => return true,
        };
        if let Some(path) = self.names.resolve(reference, &self.locals) {
            self.found.push(path);
        }
        true
    }
}

fn depth_of(expr: &Ref<Expr>) -> usize {
    let deepest =
        |parts: &mut dyn Iterator<Item = &Ref<Expr>>| parts.map(depth_of).max().unwrap_or(0);
    match expr.as_ref() {
        Expr::Array { items, .. } | Expr::Set { items, .. } => 1 + deepest(&mut items.iter()),
        Expr::Object { fields, .. } => {
            1 + deepest(&mut fields.iter().flat_map(|(_, key, value)| [key, value]))
        }
        Expr::ArrayCompr { term, .. } | Expr::SetCompr { term, .. } => 1 + depth_of(term),
        Expr::ObjectCompr { key, value, .. } => 1 + deepest(&mut [key, value].into_iter()),
        Expr::Call { params, .. } => deepest(&mut params.iter()),
        _ => 0,
    }
}

struct Deepest(usize);

impl Visitor for Deepest {
    fn expr(&mut self, expr: &Ref<Expr>, _place: Place) -> bool {
        self.0 = self.0.max(depth_of(expr));
        // Its parts are no deeper, but queries of comprehensions may be.
        true
    }
}

/// The graph: one node for each path that has rules.
pub struct Graph {
    tree: Vec<Node>,
    paths: Vec<String>,
    names: Vec<Vec<String>>,
    rules: Vec<Vec<(Ref<Rule>, usize)>>,
}

impl Graph {
    pub fn new(modules: &[Ref<Module>]) -> Graph {
        let mut graph = Graph {
            tree: vec![Node::default()],
            paths: Vec::new(),
            names: Vec::new(),
            rules: Vec::new(),
        };
        for (index, module) in modules.iter().enumerate() {
            let package = rules::package_names(module);
            for rule in &module.policy {
                let mut path = package.clone();
                path.extend(rules::rule_names(rule));
                let group = graph.group(&path);
                graph.rules[group].push((rule.clone(), index));
            }
        }
        graph
    }

    /// The group of the rules at a path, made when it is new.
    fn group(&mut self, path: &[String]) -> usize {
        let mut at = 0;
        for name in path {
            at = match self.tree[at].children.get(name) {
                Some(&child) => child,
                None => {
                    self.tree.push(Node::default());
                    let child = self.tree.len() - 1;
                    self.tree[at].children.insert(name.clone(), child);
                    child
                }
            };
        }
        if let Some(&group) = self.tree[at].rules.first() {
            return group;
        }
        self.rules.push(Vec::new());
        self.paths.push(format!("data.{}", rules::joined(path)));
        self.names.push(path.to_vec());
        self.tree[at].rules.push(self.rules.len() - 1);
        self.rules.len() - 1
    }

    /// Groups that a reference may read: those on its way, and all below its end.
    fn read_by(&self, path: &[Step], found: &mut HashSet<usize>) {
        let mut reached: Vec<usize> = vec![0];
        for step in path {
            let mut next: Vec<usize> = Vec::new();
            for at in reached {
                match step {
                    Step::Name(name) => next.extend(self.tree[at].children.get(name)),
                    Step::Any => next.extend(self.tree[at].children.values()),
                    Step::Nowhere => {}
                }
            }
            for &at in &next {
                found.extend(&self.tree[at].rules);
            }
            reached = next;
        }
        while let Some(at) = reached.pop() {
            found.extend(&self.tree[at].rules);
            reached.extend(self.tree[at].children.values());
        }
    }

    /// The paths that a rule of a module refers to.
    fn references(&self, rule: &Ref<Rule>, names: &Names) -> Vec<Vec<Step>> {
        let mut locals = Locals::default();
        walk::rule(rule, &mut locals);
        let mut references = References { names, locals: locals.0, found: Vec::new() };
        walk::rule(rule, &mut references);
        references.found
    }

    /// For each group, the groups it reads and its own weight.
    fn edges(&self, names: &[Names]) -> Vec<(Vec<usize>, usize)> {
        let mut all = Vec::with_capacity(self.rules.len());
        for group in &self.rules {
            let mut read = HashSet::new();
            let mut weight = 1;
            for (rule, module) in group {
                for path in &self.references(rule, &names[*module]) {
                    self.read_by(path, &mut read);
                }
                let mut deepest = Deepest(0);
                walk::rule(rule, &mut deepest);
                weight = weight.max(1 + deepest.0);
            }
            let mut read: Vec<usize> = read.into_iter().collect();
            read.sort_unstable();
            all.push((read, weight));
        }
        all
    }

    /// Paths of the groups that have values, and of those that cannot be read for the whole of
    /// their package: rules that read around themselves by an open key, and what stands on them.
    pub fn values(&self, names: &[Names]) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let edges = self.edges(names);
        let mut blocked: HashSet<usize> =
            (0..edges.len()).filter(|&g| self.reads_around_itself(g, names)).collect();
        let mut grown = !blocked.is_empty();
        while grown {
            let more: Vec<usize> = (0..edges.len())
                .filter(|g| !blocked.contains(g))
                .filter(|&g| edges[g].0.iter().any(|read| blocked.contains(read)))
                .collect();
            grown = !more.is_empty();
            blocked.extend(more);
        }
        let valued = |g: &usize| !self.rules[*g].iter().any(|(rule, _)| rules::is_function(rule));
        let values = (0..edges.len()).filter(valued).map(|g| self.names[g].clone()).collect();
        (values, blocked.into_iter().map(|g| self.names[g].clone()).collect())
    }

    /// Whether a reference of the group ends, or has an open key, above the group itself.
    fn reads_around_itself(&self, group: usize, names: &[Names]) -> bool {
        self.rules[group].iter().any(|(rule, module)| {
            self.references(rule, &names[*module]).iter().any(|path| {
                let fixed = path.iter().take_while(|s| matches!(s, Step::Name(_))).count();
                fixed < self.names[group].len()
                    && path[..fixed]
                        .iter()
                        .zip(&self.names[group])
                        .all(|(step, name)| matches!(step, Step::Name(step) if step == name))
            })
        })
    }

    fn problem(&self, group: usize, message: String) -> Problem {
        Problem::at(self.rules[group][0].0.span(), message)
    }

    /// Finds recursion and chains that are too long. Depth first, with a stack of its own.
    pub fn check(&self, names: &[Names], problems: &mut Vec<Problem>) {
        let edges = self.edges(names);
        let mut heaviest: Vec<Option<usize>> = vec![None; edges.len()];
        let mut on_trail = vec![false; edges.len()];
        for start in 0..edges.len() {
            let mut trail: Vec<(usize, usize)> = Vec::new();
            if heaviest[start].is_none() {
                trail.push((start, 0));
                on_trail[start] = true;
            }
            while let Some(&(group, next)) = trail.last() {
                let (read, weight) = &edges[group];
                if let Some(&child) = read.get(next) {
                    trail.last_mut().map(|t| t.1 += 1);
                    if on_trail[child] {
                        self.report_recursion(&trail, child, problems);
                    } else if heaviest[child].is_none() {
                        trail.push((child, 0));
                        on_trail[child] = true;
                    }
                    continue;
                }
                let below = read.iter().filter_map(|&c| heaviest[c]).max().unwrap_or(0);
                if below <= MAX_CHAIN && below + weight > MAX_CHAIN {
                    let message = format!(
                        "{} stands on a chain of more than {MAX_CHAIN} rules and nested values",
                        self.paths[group]
                    );
                    problems.push(self.problem(group, message));
                }
                heaviest[group] = Some(below + weight);
                on_trail[group] = false;
                trail.pop();
            }
        }
    }

    fn report_recursion(&self, trail: &[(usize, usize)], to: usize, problems: &mut Vec<Problem>) {
        let from = trail.iter().position(|&(group, _)| group == to).unwrap_or(0);
        let mut names: Vec<&str> =
            trail[from..].iter().map(|&(group, _)| self.paths[group].as_str()).collect();
        names.push(&self.paths[to]);
        if names.len() > 12 {
            names.splice(6..names.len() - 6, ["..."]);
        }
        let message = format!("rule {} is recursive: {}", self.paths[to], names.join(" -> "));
        problems.push(self.problem(to, message));
    }
}
