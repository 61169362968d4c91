// SPDX-License-Identifier: Apache-2.0
//! Errors with their place. The interpreter gives a drawing of the line in question; this takes the
//! place and the message out of it.
use crate::guard::{self, Stop};
use regorus::unstable::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    /// What is called, where nothing has that name; else empty.
    pub function: String,
}

impl Problem {
    pub fn new(path: &str, line: u32, column: u32, message: impl Into<String>) -> Problem {
        let (path, message) = (path.to_string(), message.into());
        Problem { path, line, column, message, function: String::new() }
    }

    pub fn at(span: &Span, message: impl Into<String>) -> Problem {
        Problem::new(span.source.get_path(), span.line, span.col, message)
    }

    pub fn undefined(place: &Span, function: String) -> Problem {
        let message = format!("undefined function {function}");
        Problem { function, ..Problem::at(place, message) }
    }

    /// Reads "\n--> path:line:column\n  |\n 3 | text\n  |  ^\nerror: message". Without that form
    /// the whole text is the message and `path` the place.
    pub fn from_error(path: &str, error: &anyhow::Error) -> Problem {
        note_limit(error);
        let text = error.to_string();
        place(&text).unwrap_or_else(|| Problem::new(path, 0, 0, text.trim()))
    }
}

fn note_limit(error: &anyhow::Error) {
    if let Some(regorus::LimitError::TimeLimitExceeded { .. }) = error.downcast_ref() {
        guard::note_stop(Stop::Deadline);
    }
}

fn place(text: &str) -> Option<Problem> {
    let rest = text.trim_start().strip_prefix("--> ")?;
    let (place, rest) = rest.split_once('\n')?;
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let path = parts.next()?;
    // The drawing has three lines; the message follows, and may have lines of its own.
    let message = rest.splitn(4, '\n').nth(3)?;
    let message = message.strip_prefix("error: ").unwrap_or(message);
    Some(Problem::new(path, line, column, one_line(message.trim())))
}

/// "used before definition below.\n--> path:5:3\n  |\n5 | text\n  |  ^\ndefinition: " draws another
/// place; readers take lines for messages of their own, so it becomes "... below (path:5:3)".
fn one_line(message: &str) -> String {
    match message.split_once("\n--> ") {
        Some((what, drawing)) => {
            let place = drawing.lines().next().unwrap_or_default();
            format!("{} ({place})", what.trim().trim_end_matches('.'))
        }
        None => message.to_string(),
    }
}
