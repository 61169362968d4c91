// SPDX-License-Identifier: Apache-2.0
//! How many arguments functions take: those of the modules, those that are added to the
//! interpreter, and its own.
use super::names::{self, Names};
use super::rules;
use regorus::unstable::{Expr, Module, Ref, BUILTINS};
use std::collections::{HashMap, HashSet};

/// Builtins that are added to the interpreter's own: name to number of arguments.
pub type Added = HashMap<String, u8>;

pub struct Arities<'a> {
    /// By the path below data.
    functions: HashMap<String, usize>,
    added: &'a Added,
}

impl<'a> Arities<'a> {
    pub fn new(modules: &[Ref<Module>], added: &'a Added) -> Arities<'a> {
        let mut functions = HashMap::new();
        for module in modules {
            let package = rules::package_names(module);
            for rule in &module.policy {
                if let Some(arity) = rules::arity_of(rule) {
                    let mut path = package.clone();
                    path.extend(rules::rule_names(rule));
                    functions.insert(rules::joined(&path), arity);
                }
            }
        }
        Arities { functions, added }
    }

    pub fn added(&self) -> impl Iterator<Item = &str> {
        self.added.keys().map(String::as_str)
    }

    /// The number of arguments of a function, if there is one under this name.
    pub fn of(&self, names: &Names, function: &Ref<Expr>) -> Option<usize> {
        if let Some(path) = names.resolve(function, &HashSet::new()) {
            if let Some(&arity) = self.functions.get(&names::steps_text(&path)) {
                return Some(arity);
            }
        }
        let (name, fixed) = rules::reference_text(function);
        if !fixed {
            return None;
        }
        if let Some(&arity) = self.added.get(&name) {
            return Some(usize::from(arity));
        }
        BUILTINS.get(name.as_str()).map(|b| usize::from(b.1))
    }

    /// The name of the builtin that a reference means; none for functions of the modules.
    pub fn builtin(&self, names: &Names, function: &Ref<Expr>) -> Option<String> {
        let path = names.resolve(function, &HashSet::new());
        if path.is_some_and(|path| self.functions.contains_key(&names::steps_text(&path))) {
            return None;
        }
        let (name, fixed) = rules::reference_text(function);
        let known = self.added.contains_key(&name) || BUILTINS.contains_key(name.as_str());
        (fixed && known).then_some(name)
    }

    /// Whether the last of `given` arguments takes the result. Functions that are added alone give
    /// theirs only as a value.
    pub fn takes_result(&self, names: &Names, function: &Ref<Expr>, given: usize) -> bool {
        let (name, _) = rules::reference_text(function);
        let only_added = self.added.contains_key(&name) && !BUILTINS.contains_key(name.as_str());
        self.of(names, function) == Some(given.wrapping_sub(1)) && !only_added
    }
}
