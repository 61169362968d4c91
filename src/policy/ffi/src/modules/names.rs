// SPDX-License-Identifier: Apache-2.0
//! What names and references mean in a module: its rules, its imports, its own variables.
use super::rules;
use super::walk::{Place, Visitor};
use regorus::unstable::{Expr, Import, Module, Ref};
use regorus::Value;
use std::collections::{HashMap, HashSet};

/// A step of a reference: a name, a key that is not known before evaluation, or one that no rule
/// has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Name(String),
    Any,
    Nowhere,
}

/// The text of a resolved path below data; empty when a key is open.
pub fn steps_text(path: &[Step]) -> String {
    let mut names = Vec::new();
    for step in path {
        match step {
            Step::Name(name) => names.push(name.clone()),
            Step::Any | Step::Nowhere => return String::new(),
        }
    }
    rules::joined(&names)
}

/// What names mean in one module: its rules, and its imports.
pub struct Names {
    package: Vec<String>,
    rules: HashSet<String>,
    imports: HashMap<String, Vec<Step>>,
}

fn path_of(reference: &Ref<Expr>) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut at = reference;
    loop {
        match at.as_ref() {
            Expr::Var { span, .. } => {
                steps.push(Step::Name(span.text().to_string()));
                steps.reverse();
                return Some(steps);
            }
            Expr::RefDot { refr, field, .. } => {
                steps.push(Step::Name(field.0.text().to_string()));
                at = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                steps.push(match index.as_ref() {
                    Expr::String { value: Value::String(name), .. } => Step::Name(name.to_string()),
                    Expr::RawString { value: Value::String(name), .. } => {
                        Step::Name(name.to_string())
                    }
                    // Paths of rules are texts: a number leads nowhere.
                    Expr::Number { .. } | Expr::Bool { .. } | Expr::Null { .. } => Step::Nowhere,
                    _ => Step::Any,
                });
                at = refr;
            }
            _ => return None,
        }
    }
}

fn import_name(import: &Import) -> Option<String> {
    if let Some(alias) = &import.r#as {
        return Some(alias.text().to_string());
    }
    match path_of(&import.refr)?.pop()? {
        Step::Name(name) => Some(name),
        Step::Any | Step::Nowhere => None,
    }
}

impl Names {
    /// `rules` are all names of rules in the package, whichever module they stand in.
    pub fn new(module: &Module, rules: HashSet<String>) -> Names {
        let mut imports = HashMap::new();
        for import in &module.imports {
            if let (Some(name), Some(path)) = (import_name(import), path_of(&import.refr)) {
                imports.insert(name, path);
            }
        }
        Names { package: rules::package_names(module), rules, imports }
    }

    /// The path below `data` that a reference means; `None` for locals and input.
    pub fn resolve(&self, reference: &Ref<Expr>, locals: &HashSet<String>) -> Option<Vec<Step>> {
        let path = path_of(reference)?;
        let Some(Step::Name(root)) = path.first() else {
            return None;
        };
        if locals.contains(root) {
            return None;
        }
        if root == "data" {
            return Some(path[1..].to_vec());
        }
        if self.rules.contains(root) {
            let mut full: Vec<Step> = self.package.iter().cloned().map(Step::Name).collect();
            full.extend_from_slice(&path);
            return Some(full);
        }
        let import = self.imports.get(root)?;
        if import.first() != Some(&Step::Name("data".to_string())) {
            return None;
        }
        let mut full = import[1..].to_vec();
        full.extend_from_slice(&path[1..]);
        Some(full)
    }

    pub fn knows(&self, name: &str) -> bool {
        self.rules.contains(name) || self.imports.contains_key(name)
    }
}

/// Names that a rule declares itself, anywhere in it.
#[derive(Default)]
pub struct Locals(pub HashSet<String>);

impl Visitor for Locals {
    fn expr(&mut self, expr: &Ref<Expr>, place: Place) -> bool {
        if let (Expr::Var { span, .. }, Place::Declares) = (expr.as_ref(), place) {
            self.0.insert(span.text().to_string());
        }
        true
    }
    fn declared(&mut self, name: &str) {
        self.0.insert(name.to_string());
    }
}
