// SPDX-License-Identifier: Apache-2.0
//! Makes the value of a whole package right: `x := data.p`, `data.p[k]`.
//!
//! For such a reference the interpreter evaluates the modules below it one after the other, and
//! takes the package for done after its first module: rules of the next module, and those of
//! packages inside of this one, then read each other before they have values. So each package that
//! this can happen to gets one more module before all others. Its only rule reads every rule of the
//! package by its own path, which evaluates them in the order of their needs, and stays undefined.
//!
//! A rule whose path goes on behind an open key (`g[x] contains y`, `g[x].z := y`) has no value at
//! all where it finds nothing; OPA gives an empty object. One more rule, never true, makes one.
use super::depends::Graph;
use super::names::Names;
use super::rules;
use regorus::unstable::{Module, Ref};
use std::collections::{BTreeMap, BTreeSet};

/// Where the added modules say they come from; coverage leaves them out.
pub const PATH: &str = "(whole packages)";
/// The rule that is added; it never has a value.
const RULE: &str = "__bulkhead_whole__";

fn quoted(name: &str) -> String {
    let mut text = String::new();
    crate::json::write(&regorus::Value::from(name), &mut text);
    text
}

/// `a["b"]["c"]`: names that are keywords too can stand in brackets only.
fn bracketed(names: &[String]) -> String {
    let mut text = String::new();
    for name in names {
        if text.is_empty() {
            text.push_str(name);
        } else {
            text.push_str(&format!("[{}]", quoted(name)));
        }
    }
    text
}

fn text_of(package: &[String], rules: &[Vec<String>]) -> String {
    let mut text = format!("package {}\n{RULE} := 1 if {{\n", bracketed(package));
    for rule in rules {
        let path: String = rule.iter().map(|name| format!("[{}]", quoted(name))).collect();
        text.push_str(&format!("\tcount({{1 | data{path}}}) >= 0\n"));
    }
    text.push_str("\tfalse\n}\n");
    text
}

/// For each package with such rules, a module with one that makes their objects.
fn empty_objects(modules: &[Ref<Module>]) -> Vec<String> {
    let mut heads: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for module in modules {
        for rule in module.policy.iter().filter(|rule| rules::goes_on_behind_open_key(rule)) {
            let found = heads.entry(rules::package_names(module)).or_default();
            found.insert(rules::rule_names(rule));
        }
    }
    let module = |(package, heads): (Vec<String>, BTreeSet<Vec<String>>)| {
        let mut text = format!("package {}\n", bracketed(&package));
        for head in heads.iter().filter(|head| !head.is_empty()) {
            let head = bracketed(head);
            text.push_str(&format!("{head}[__key__] := 1 if {{ some __key__ in [] }}\n"));
        }
        text
    };
    heads.into_iter().map(module).collect()
}

/// Whether one package lies inside of another.
fn inside(inner: &[String], outer: &[String]) -> bool {
    inner.len() > outer.len() && inner.starts_with(outer)
}

/// The texts of the modules to add, the deepest package first.
pub fn modules(modules: &[Ref<Module>], names: &[Names]) -> Vec<String> {
    let mut packages: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for module in modules.iter().filter(|m| !m.policy.is_empty()) {
        *packages.entry(rules::package_names(module)).or_default() += 1;
    }
    let concerned = |package: &Vec<String>, count: usize| {
        count > 1 || (1..package.len()).any(|end| packages.contains_key(&package[..end]))
    };
    let mut others = empty_objects(modules);
    if !packages.iter().any(|(package, &count)| concerned(package, count)) {
        return others;
    }
    let graph = Graph::new(modules);
    let (values, blocked) = graph.values(names);
    let mut added: Vec<(Vec<String>, String)> = Vec::new();
    for (package, &count) in &packages {
        // A rule that reads packages around its own by an open key would read itself.
        if !concerned(package, count) || blocked.iter().any(|path| path.starts_with(package)) {
            continue;
        }
        let own: Vec<Vec<String>> = values
            .iter()
            .filter(|path| inside(path, package))
            .filter(|path| !packages.keys().any(|p| inside(p, package) && inside(path, p)))
            .cloned()
            .collect();
        added.push((package.clone(), text_of(package, &own)));
    }
    added.sort_by_key(|(package, _)| std::cmp::Reverse(package.len()));
    let mut texts: Vec<String> = added.into_iter().map(|(_, text)| text).collect();
    texts.append(&mut others);
    texts
}
