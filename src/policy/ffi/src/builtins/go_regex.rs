// SPDX-License-Identifier: Apache-2.0
//! Regular expressions as Go's regexp package (RE2 syntax) reads them, turned into the dialect of
//! the crate regex. Where both accept a text and mean different things, a policy would be judged
//! differently in silence: \d, \w, \s and \b are ASCII in Go; [, && and -- in brackets are plain
//! characters; a brace that is no repetition is a brace; \Q...\E quotes.

struct Translator<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    out: String,
}

/// The pattern in the crate's dialect. Broken patterns come out broken.
pub fn translate(pattern: &str) -> String {
    let mut t = Translator { rest: pattern.chars().peekable(), out: String::new() };
    t.run();
    t.out
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = "\\t\\n\\x0C\\r ";

impl Translator<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape(),
                '[' => self.class(),
                '{' => self.brace(),
                _ => self.out.push(c),
            }
        }
    }

    fn escape(&mut self) {
        let Some(c) = self.rest.next() else {
            self.out.push('\\');
            return;
        };
        match c {
            'd' | 'w' | 's' => self.out.push_str(&format!("[{}]", perl(c))),
            'D' | 'W' | 'S' => {
                let set = perl(c.to_ascii_lowercase());
                self.out.push_str(&format!("[^{set}]"));
            }
            'b' | 'B' => self.out.push_str(&format!("(?-u:\\{c})")),
            'Q' => self.quoted(),
            _ => self.copied(c),
        }
    }

    /// Any other escape stays; the braces of \p{Greek} and \x{1F600} are no repetition.
    fn copied(&mut self, c: char) {
        if matches!(c, '<' | '>') {
            return self.out.push(c);
        }
        self.out.push('\\');
        self.out.push(c);
        if matches!(c, 'p' | 'P' | 'x') && self.rest.peek() == Some(&'{') {
            for inner in self.rest.by_ref() {
                self.out.push(inner);
                if inner == '}' {
                    return;
                }
            }
        }
    }

    /// After \Q: everything up to \E, or to the end, stands for itself.
    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                return;
            }
            self.plain(c);
        }
    }

    /// A character that stands for itself.
    fn plain(&mut self, c: char) {
        if is_special(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// {n}, {n,} and {n,m} repeat; every other brace is a character.
    fn brace(&mut self) {
        let ahead: String = self.rest.clone().take_while(|&c| c != '}').collect();
        let (low, high) = ahead.split_once(',').unwrap_or((&ahead, "0"));
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        let closed = self.rest.clone().any(|c| c == '}');
        if closed && !low.is_empty() && digits(low) && digits(high) {
            self.out.push('{');
        } else {
            self.out.push_str("\\{");
        }
    }

    fn class(&mut self) {
        self.out.push('[');
        if self.rest.peek() == Some(&'^') {
            self.out.push('^');
            self.rest.next();
        }
        let mut first = true;
        while let Some(c) = self.rest.next() {
            match c {
                ']' if !first => {
                    self.out.push(']');
                    return;
                }
                '[' if self.rest.peek() == Some(&':') && self.posix() => {}
                '\\' => self.class_escape(),
                '-' => self.out.push('-'),
                _ => self.plain(c),
            }
            first = false;
        }
    }

    /// [:alpha:] and the like are copied; false when it is none.
    fn posix(&mut self) -> bool {
        let name: String = self.rest.clone().skip(1).take_while(|&c| c != ':').collect();
        let mut after = self.rest.clone().skip(name.chars().count() + 1);
        let letters = name.trim_start_matches('^');
        let known = !letters.is_empty() && letters.chars().all(|c| c.is_ascii_alphabetic());
        if !known || after.next() != Some(':') || after.next() != Some(']') {
            self.out.push_str("\\[");
            return true;
        }
        self.out.push_str(&format!("[:{name}:]"));
        for _ in 0..name.chars().count() + 3 {
            self.rest.next();
        }
        true
    }

    fn class_escape(&mut self) {
        match self.rest.next() {
            None => self.out.push('\\'),
            Some(c @ ('d' | 'w' | 's')) => self.out.push_str(perl(c)),
            Some(c @ ('D' | 'W' | 'S')) => {
                self.out.push_str(&format!("[^{}]", perl(c.to_ascii_lowercase())));
            }
            Some(c) => self.copied(c),
        }
    }
}

/// Whether the character must be escaped to stand for itself. Not all may be: \< is the start of a
/// word in the crate.
fn is_special(c: char) -> bool {
    r"\.+*?()|[]{}^$#&-~".contains(c)
}

fn perl(c: char) -> &'static str {
    match c {
        'd' => DIGIT,
        'w' => WORD,
        _ => SPACE,
    }
}

/// The pattern of a template: texts, and expressions between delimiters; the whole is anchored.
pub fn template(template: &str, start: char, end: char) -> Result<String, String> {
    let unbalanced = || format!("unbalanced delimiters in {template:?}");
    let mut pattern = String::from("^");
    let mut level = 0usize;
    for c in template.chars() {
        if c == start && (level == 0 || start != end) {
            level += 1;
            pattern.push_str(if level == 1 { "(" } else { "" });
            if level > 1 {
                pattern.push(c);
            }
        } else if c == end {
            level = level.checked_sub(1).ok_or_else(unbalanced)?;
            if level == 0 {
                pattern.push(')');
            } else {
                pattern.push(c);
            }
        } else if level > 0 {
            pattern.push(c);
        } else {
            if is_special(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
    }
    if level != 0 {
        return Err(unbalanced());
    }
    pattern.push('$');
    Ok(pattern)
}
