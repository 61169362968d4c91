// SPDX-License-Identifier: Apache-2.0
//! Kinds of values, as far as they are known without evaluation: those of literals,
//! comprehensions, operators and calls of builtins. An argument of a kind that a builtin never
//! takes is an error, as for OPA's compiler; evaluated, such a call is undefined, and its rule
//! silent for ever.
use super::signatures::{Signature, SIGNATURES};
use crate::problem::Problem;
use regorus::unstable::{ArithOp, Expr, Ref};

/// A set of kinds; the bits stand in the order of `KINDS`.
type Kinds = u8;

const KINDS: [(char, &str); 7] = [
    ('s', "string"),
    ('n', "number"),
    ('b', "boolean"),
    ('z', "null"),
    ('a', "array"),
    ('o', "object"),
    ('t', "set"),
];
const ANY: Kinds = (1 << KINDS.len()) - 1;

/// The name of the builtin that a function's reference means; none for functions of modules.
pub type BuiltinName<'b> = &'b dyn Fn(&Ref<Expr>) -> Option<String>;

fn kinds(letters: &str) -> Kinds {
    let bit = |letter| KINDS.iter().position(|k| k.0 == letter).map_or(ANY, |at| 1 << at);
    letters.chars().fold(0, |all, letter| all | bit(letter))
}

fn words(set: Kinds) -> String {
    let known = KINDS.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
    known.map(|(_, kind)| kind.1).collect::<Vec<_>>().join(" or ")
}

fn signature(name: &str) -> Option<&'static Signature> {
    SIGNATURES.binary_search_by(|s| s.0.cmp(name)).ok().map(|at| &SIGNATURES[at])
}

fn of(expr: &Ref<Expr>, builtin: BuiltinName) -> Kinds {
    match expr.as_ref() {
        Expr::String { .. } | Expr::RawString { .. } => kinds("s"),
        Expr::Number { .. } | Expr::UnaryExpr { .. } => kinds("n"),
        Expr::Bool { .. } | Expr::BoolExpr { .. } | Expr::Membership { .. } => kinds("b"),
        Expr::Null { .. } => kinds("z"),
        Expr::Array { .. } | Expr::ArrayCompr { .. } => kinds("a"),
        Expr::Object { .. } | Expr::ObjectCompr { .. } => kinds("o"),
        Expr::Set { .. } | Expr::SetCompr { .. } | Expr::BinExpr { .. } => kinds("t"),
        Expr::ArithExpr { op: ArithOp::Sub, .. } => kinds("nt"),
        Expr::ArithExpr { .. } => kinds("n"),
        Expr::Call { fcn, .. } => {
            builtin(fcn).and_then(|name| signature(&name)).map_or(ANY, |s| kinds(s.2))
        }
        _ => ANY,
    }
}

fn wrong(
    argument: &Ref<Expr>,
    wanted: Kinds,
    what: String,
    builtin: BuiltinName,
) -> Option<Problem> {
    let given = of(argument, builtin);
    let message = || format!("{what} must be {}, not {}", words(wanted), words(given));
    (given & wanted == 0).then(|| Problem::at(argument.span(), message()))
}

/// What is wrong with the operands of an expression: the first that can never be right.
pub fn check(expr: &Ref<Expr>, builtin: BuiltinName) -> Option<Problem> {
    let operands = |wanted: &str, sides: [&Ref<Expr>; 2]| {
        let what = || "operand of an operator".to_string();
        sides.into_iter().find_map(|side| wrong(side, kinds(wanted), what(), builtin))
    };
    match expr.as_ref() {
        Expr::Call { fcn, params, .. } => {
            let name = builtin(fcn)?;
            let wanted = signature(&name)?.1.split_whitespace().map(kinds);
            let of_call = params.iter().zip(wanted).enumerate();
            of_call.into_iter().find_map(|(at, (argument, wanted))| {
                wrong(argument, wanted, format!("operand {} of {name}", at + 1), builtin)
            })
        }
        Expr::ArithExpr { op: ArithOp::Sub, lhs, rhs, .. } => operands("nt", [lhs, rhs]),
        Expr::ArithExpr { lhs, rhs, .. } => operands("n", [lhs, rhs]),
        Expr::BinExpr { lhs, rhs, .. } => operands("t", [lhs, rhs]),
        _ => None,
    }
}
