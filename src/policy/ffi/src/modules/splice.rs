// SPDX-License-Identifier: Apache-2.0
//! Changes to the text of a module that keep its lines, and the way back from a place in the
//! changed text to the place in the one that was written.

/// Replaces `size` bytes at `at`. No edit adds or takes a line end.
#[derive(Clone, Debug)]
pub struct Edit {
    pub at: usize,
    pub size: usize,
    pub text: String,
}

/// From column `changed` of a line on, columns are those of the original and `shift`; the first
/// `length` of them are the text that was put there, which has the place of `original`.
struct Span {
    line: u32,
    changed: u32,
    length: u32,
    original: u32,
    shift: i64,
}

/// Where the changes of a text are; by line and column.
#[derive(Default)]
pub struct Places(Vec<Span>);

impl Places {
    /// The column in the original of a column in the changed text.
    pub fn original_column(&self, line: u32, column: u32) -> u32 {
        let before = self.0.iter().rev().find(|s| s.line == line && s.changed <= column);
        match before {
            None => column,
            Some(span) if column < span.changed + span.length => span.original,
            Some(span) => u32::try_from((i64::from(column) - span.shift).max(1)).unwrap_or(column),
        }
    }
}

/// The width of a text in the interpreter's columns, where a tab counts four.
fn width(text: &str) -> u32 {
    text.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// A place while walking over a text.
struct Cursor {
    line: u32,
    column: u32,
}

impl Cursor {
    fn pass(&mut self, text: &str) {
        match text.rsplit_once('\n') {
            None => self.column += width(text),
            Some((before, last)) => {
                self.line += 1 + before.matches('\n').count() as u32;
                self.column = 1 + width(last);
            }
        }
    }
}

/// Applies edits in any order; of those at one place what is put in comes before what is replaced,
/// else their order counts. `Err` is the first edit that overlaps another one.
pub fn apply(text: &str, mut edits: Vec<Edit>) -> Result<(String, Places), Edit> {
    edits.sort_by_key(|edit| (edit.at, edit.size > 0));
    let mut out = String::with_capacity(text.len() + 64 * edits.len());
    let mut places = Places::default();
    let mut written = Cursor { line: 1, column: 1 };
    let mut changed = Cursor { line: 1, column: 1 };
    let mut done = 0;
    for edit in edits {
        let (Some(kept), Some(gone)) =
            (text.get(done..edit.at), text.get(edit.at..edit.at + edit.size))
        else {
            return Err(edit);
        };
        out.push_str(kept);
        out.push_str(&edit.text);
        written.pass(kept);
        changed.pass(kept);
        let (start, original) = (changed.column, written.column);
        written.pass(gone);
        changed.pass(&edit.text);
        places.0.push(Span {
            line: changed.line,
            changed: if gone.contains('\n') { 1 } else { start },
            length: if gone.contains('\n') { 0 } else { changed.column - start },
            original,
            shift: i64::from(changed.column) - i64::from(written.column),
        });
        done = edit.at + edit.size;
    }
    out.push_str(&text[done..]);
    Ok((out, places))
}
