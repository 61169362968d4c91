// SPDX-License-Identifier: Apache-2.0
//! A compiled program, and the evaluators made from it.
use crate::data::Parts;
use crate::guard::Limits;
use crate::modules::arities::{Added, Arities};
use crate::modules::names::Names;
use crate::modules::rules::{Found, Kind};
use crate::modules::splice::{self, Places};
use crate::modules::{bodies, checks, heads, lines, order, patterns, rules, whole};
use crate::problem::Problem;
use crate::{builtins, host, json};
use regorus::unstable::{Module, Ref};
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, PolicyLengthConfig, Rc, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

/// Where the texts of modules were changed, by their path; the last change first.
type Changes = BTreeMap<String, Vec<Places>>;

/// Finds the edits of a module.
type Edits = fn(&Ref<Module>, &Names, &Arities, &mut Vec<Problem>) -> Vec<splice::Edit>;

/// Expressions between two looks at the clock.
const CHECK_INTERVAL: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// The interpreter's own timer goes by the clock on the wall. It ends work that allocates nothing;
/// everything else ends by processor time first (guard.rs).
const WALL_TIMES: u64 = 20;

fn timer(limits: &Limits) -> ExecutionTimerConfig {
    ExecutionTimerConfig {
        limit: Duration::from_nanos(limits.deadline_ns.saturating_mul(WALL_TIMES)),
        check_interval: CHECK_INTERVAL,
    }
}

pub struct Program {
    engine: Engine,
    rules: Vec<Found>,
    packages: Vec<String>,
    changes: Rc<Changes>,
}

/// Moves a problem to its place in the text that was given.
fn move_back(problem: &mut Problem, changes: &Changes) {
    for places in changes.get(&problem.path).into_iter().flatten() {
        problem.column = places.original_column(problem.line, problem.column);
    }
}

/// An error of the interpreter, with its place in the text that was given.
fn problem_of(path: &str, error: &anyhow::Error, changes: &Changes) -> Problem {
    let mut problem = Problem::from_error(path, error);
    move_back(&mut problem, changes);
    problem
}

/// A module's path, text and dialect.
#[derive(Clone)]
struct Text(String, String, bool);

pub struct Builder<'l> {
    engine: Engine,
    /// The engine before modules were added.
    bare: Engine,
    texts: Vec<Text>,
    limits: &'l Limits,
    strict: bool,
    data: Parts,
    added: Added,
    problems: Vec<Problem>,
}

impl<'l> Builder<'l> {
    pub fn new(strict: bool, limits: &'l Limits) -> Builder<'l> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(strict);
        // Without this, print() writes to standard error.
        engine.set_gather_prints(true);
        engine.set_execution_timer_config(timer(limits));
        // Sizes are bounded by the caller; long lines are legal.
        engine.set_policy_length_config(PolicyLengthConfig {
            max_col: NonZeroU32::MAX,
            max_file_bytes: NonZeroUsize::MAX,
            max_lines: NonZeroUsize::MAX,
        });
        let mut added = Added::new();
        let mut problems = Vec::new();
        let each = |name: &str, arity| {
            added.insert(name.to_string(), arity);
        };
        if let Err(error) = builtins::register(&mut engine, strict, each) {
            problems.push(Problem::from_error("builtin", &error));
        }
        Builder {
            bare: engine.clone(),
            engine,
            texts: Vec::new(),
            limits,
            strict,
            data: Parts::default(),
            added,
            problems,
        }
    }

    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A builtin of C++, the one at `index` there.
    pub fn builtin(&mut self, index: u32, name: &str, arity: u8) {
        self.added.insert(name.to_string(), arity);
        if let Err(error) = host::register(&mut self.engine, index, name, arity, self.strict) {
            self.problems.push(Problem::from_error(name, &error));
        }
    }

    pub fn module(&mut self, path: &str, text: &str, v0: bool) {
        if self.texts.is_empty() {
            self.bare = self.engine.clone();
        }
        self.texts.push(Text(path.to_string(), text.to_string(), v0));
        self.engine.set_rego_v0(v0);
        if let Err(error) = self.engine.add_policy(path.to_string(), text.to_string()) {
            self.problems.push(Problem::from_error(path, &error));
        }
    }

    pub fn data(&mut self, path: &str, at: &[String], text: &[u8]) {
        let added = json::parse(text, self.limits.depth)
            .map_err(|message| Problem::new(path, 0, 0, message))
            .and_then(|value| self.data.add(path, at, value));
        if let Err(problem) = added {
            self.problems.push(problem);
        }
    }

    /// Reads all modules again, behind `more` of our own.
    fn reread(&mut self, more: Vec<String>) -> anyhow::Result<()> {
        self.engine = self.bare.clone();
        let own = more.into_iter().map(|text| Text(whole::PATH.to_string(), text, false));
        for Text(path, text, v0) in own.chain(self.texts.iter().cloned()) {
            self.engine.set_rego_v0(v0);
            self.engine.add_policy(path, text)?;
        }
        Ok(())
    }

    /// Changes the texts of all modules. Says whether any is another one now.
    fn change(&mut self, edits: Edits, added: &Added, changes: &mut Changes) -> bool {
        let modules = self.engine.get_modules().clone();
        let arities = Arities::new(&modules, added);
        let mut problems = Vec::new();
        let mut found = Changes::new();
        let names = checks::names_of(&modules);
        for ((module, names), text) in modules.iter().zip(&names).zip(&mut self.texts) {
            let edits = edits(module, names, &arities, &mut problems);
            if edits.is_empty() {
                continue;
            }
            match splice::apply(&text.1, edits) {
                Ok((new, places)) => {
                    text.1 = new;
                    found.entry(text.0.clone()).or_default().push(places);
                }
                Err(edit) => problems.push(patterns::overlap(module, &edit)),
            }
        }
        problems.iter_mut().for_each(|problem| move_back(problem, changes));
        self.problems.append(&mut problems);
        let changed = !found.is_empty();
        for (path, places) in found {
            changes.entry(path).or_default().splice(0..0, places);
        }
        changed
    }

    /// Changes the texts, so many times at most, and reads them again: the next edits are those of
    /// the new texts, problems or not.
    fn change_and_read(
        &mut self,
        edits: Edits,
        times: usize,
        added: &Added,
        changes: &mut Changes,
    ) -> Result<(), Vec<Problem>> {
        for _ in 0..times {
            if !self.change(edits, added, changes) {
                break;
            }
            if let Err(error) = self.reread(Vec::new()) {
                self.problems.push(problem_of("policy", &error, changes));
                return Err(std::mem::take(&mut self.problems));
            }
        }
        Ok(())
    }

    /// Checks the modules, and reads them again as the interpreter is to evaluate them.
    fn prepare(&mut self, modules: &[Ref<Module>]) -> Result<Changes, Vec<Problem>> {
        let added = std::mem::take(&mut self.added);
        let names = checks::names_of(modules);
        checks::run(modules, &names, &Arities::new(modules, &added), &mut self.problems);
        let mut changes = Changes::new();
        for (edits, times) in [(heads::edits as Edits, 1), (order::edits, 16), (bodies::edits, 1)] {
            self.change_and_read(edits, times, &added, &mut changes)?;
        }
        if self.problems.is_empty() {
            self.change(patterns::edits, &added, &mut changes);
        }
        if !self.problems.is_empty() {
            return Err(std::mem::take(&mut self.problems));
        }
        let more = whole::modules(modules, &names);
        if !more.is_empty() || !changes.is_empty() {
            let read = self.reread(more);
            read.map_err(|error| vec![problem_of("policy", &error, &changes)])?;
        }
        Ok(changes)
    }

    pub fn finish(mut self) -> Result<Program, Vec<Problem>> {
        let data = self.data.joined(&mut self.problems);
        let modules = self.engine.get_modules().clone();
        let found = rules::list(&modules);
        let packages: BTreeSet<String> = modules.iter().map(|m| rules::package_of(m)).collect();
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let changes = Rc::new(self.prepare(&modules)?);
        let failed = |error| vec![problem_of("policy", &error, &changes)];
        self.engine.add_data(data).map_err(failed)?;
        // The analysis happens with the first evaluation; clones share its result.
        self.engine.eval_query("true".to_string(), false).map_err(failed)?;
        let packages = packages.into_iter().collect();
        Ok(Program { engine: self.engine, rules: found, packages, changes })
    }
}

impl Program {
    pub fn describe(&self) -> Value {
        let rules = self.rules.iter().map(|r| {
            Value::from(vec![
                Value::from(r.path.as_str()),
                Value::from(r.package.as_str()),
                Value::from(r.name.as_str()),
                Value::from(u64::from(r.line)),
                Value::from(u64::from(r.column)),
                Value::from(r.kind as u64),
            ])
        });
        let packages = self.packages.iter().map(|p| Value::from(p.as_str()));
        Value::from(vec![
            Value::from(packages.collect::<Vec<_>>()),
            Value::from(rules.collect::<Vec<_>>()),
        ])
    }
}

pub struct Evaluator {
    engine: Engine,
    pristine: Engine,
    covering: bool,
    /// What the interpreter's timer goes by; 0 when that is not known.
    deadline_ns: u64,
    rules: HashSet<String>,
    changes: Rc<Changes>,
}

impl Evaluator {
    pub fn new(program: &Program) -> Evaluator {
        let rules = program.rules.iter().filter(|r| r.kind != Kind::Function);
        Evaluator {
            engine: program.engine.clone(),
            pristine: program.engine.clone(),
            covering: false,
            deadline_ns: 0,
            rules: rules.map(|r| format!("data.{}.{}", r.package, r.name)).collect(),
            changes: Rc::clone(&program.changes),
        }
    }

    pub fn reset(&mut self) {
        self.engine = self.pristine.clone();
        self.covering = false;
        self.deadline_ns = 0;
    }

    pub fn evaluate(
        &mut self,
        query: &str,
        input: Option<Value>,
        coverage: bool,
        limits: &Limits,
    ) -> Result<Value, Problem> {
        if coverage != self.covering {
            self.engine.set_enable_coverage(coverage);
            self.covering = coverage;
        }
        if limits.deadline_ns != self.deadline_ns {
            self.engine.set_execution_timer_config(timer(limits));
            self.deadline_ns = limits.deadline_ns;
        }
        self.engine.set_input(input.unwrap_or(Value::Undefined));
        let result = self.value(query);
        let prints = self.engine.take_prints().unwrap_or_default();
        let value = result.map_err(|error| problem_of(query, &error, &self.changes))?;
        let mut text = String::new();
        let defined = json::write(&value, &mut text).is_some();
        let prints = prints.into_iter().map(Value::from).collect::<Vec<_>>();
        Ok(Value::from(vec![
            if defined { Value::from(text) } else { Value::Undefined },
            Value::from(prints),
        ]))
    }

    fn value(&mut self, query: &str) -> anyhow::Result<Value> {
        if self.rules.contains(query) {
            match self.engine.eval_rule(query.to_string()) {
                // Rules with open keys in their heads have no path of their own.
                Err(error) if error.to_string() == "not a valid rule path" => {}
                result => return result,
            }
        }
        let results = self.engine.eval_query(query.to_string(), false)?;
        let first = results.result.into_iter().next();
        let value = first.and_then(|r| r.expressions.into_iter().next()).map(|e| e.value);
        Ok(value.unwrap_or(Value::Undefined))
    }

    /// Of every module that was given, also of one that nothing has evaluated yet.
    pub fn coverage(&self) -> Value {
        let Ok(report) = self.engine.get_coverage_report() else {
            return Value::new_array();
        };
        let listed = |set: BTreeSet<u32>| {
            Value::from(set.into_iter().map(|n| Value::from(u64::from(n))).collect::<Vec<_>>())
        };
        let touched: HashSet<String> = report.files.iter().map(|f| f.path.clone()).collect();
        let reported = report.files.into_iter().map(|f| (f.path, f.covered, f.not_covered));
        let mut engine = self.engine.clone(); // to be asked for its modules it has to be mutable
        let modules = engine.get_modules().iter();
        let others = modules.filter(|module| !touched.contains(lines::path(module)));
        let others = others.map(|m| (lines::path(m).to_string(), BTreeSet::new(), lines::of(m)));
        let files = reported.chain(others).filter(|(path, ..)| path != whole::PATH);
        let files = files.map(|(path, covered, other)| {
            Value::from(vec![Value::from(path), listed(covered), listed(other)])
        });
        Value::from(files.collect::<Vec<_>>())
    }
}
