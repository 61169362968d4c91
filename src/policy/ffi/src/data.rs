// SPDX-License-Identifier: Apache-2.0
//! The data document of a program, put together from files that each fill a part of it.
use crate::problem::Problem;
use regorus::{Rc, Value};
use std::collections::BTreeMap;

struct Part {
    path: String,
    value: Value,
}

#[derive(Default)]
pub struct Parts(Vec<Part>);

/// `value` as the document that has it at `at`.
pub fn nested(at: &[String], value: Value) -> Value {
    at.iter().rev().fold(value, |inner, name| {
        Value::from(BTreeMap::from([(Value::from(name.as_str()), inner)]))
    })
}

/// Adds the members of `from` to `into`, objects in both being joined. `Err` is the path of the
/// first leaf that both define.
fn join(into: &mut Value, from: &Value, trail: &mut Vec<String>) -> Result<(), Vec<String>> {
    let (Value::Object(_), Value::Object(members)) = (&*into, from) else {
        return Err(trail.clone());
    };
    let members = Rc::clone(members);
    let Ok(target) = into.as_object_mut() else {
        return Err(trail.clone());
    };
    for (key, member) in members.iter_sorted() {
        match target.get_mut(key) {
            None => {
                target.insert(key.clone(), member.clone());
            }
            Some(present) => {
                trail.push(key.as_string().map(|s| s.to_string()).unwrap_or_default());
                join(present, member, trail)?;
                trail.pop();
            }
        }
    }
    Ok(())
}

/// Whether `value` defines something at or above `trail`.
fn defines(value: &Value, trail: &[String]) -> bool {
    let mut at = value;
    for name in trail {
        let Value::Object(members) = at else {
            return true;
        };
        match members.get(&Value::from(name.as_str())) {
            Some(member) => at = member,
            None => return false,
        }
    }
    true
}

impl Parts {
    pub fn add(&mut self, path: &str, at: &[String], value: Value) -> Result<(), Problem> {
        if at.is_empty() && !matches!(value, Value::Object(_)) {
            let message = "data at the root must be an object: {\"name\": value}";
            return Err(Problem::new(path, 0, 0, message));
        }
        self.0.push(Part { path: path.to_string(), value: nested(at, value) });
        Ok(())
    }

    pub fn joined(&self, problems: &mut Vec<Problem>) -> Value {
        let mut all = Value::new_object();
        for (index, part) in self.0.iter().enumerate() {
            if let Err(trail) = join(&mut all, &part.value, &mut Vec::new()) {
                let other = self.0[..index].iter().find(|p| defines(&p.value, &trail));
                let other = other.map_or("another file", |p| p.path.as_str());
                let message = format!("data.{} is also defined by {other}", trail.join("."));
                problems.push(Problem::new(&part.path, 0, 0, message));
            }
        }
        all
    }
}
