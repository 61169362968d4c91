// SPDX-License-Identifier: Apache-2.0
//! Modules before they are evaluated: what they define and refer to, what is wrong with them, and
//! the changes of text that make the interpreter mean what OPA means.
pub mod arities;
pub mod bodies;
pub mod checks;
pub mod depends;
pub mod heads;
pub mod kinds;
pub mod lines;
pub mod names;
pub mod order;
pub mod pattern_text;
pub mod patterns;
pub mod printed;
pub mod rules;
pub mod signatures;
pub mod splice;
pub mod walk;
pub mod whole;
