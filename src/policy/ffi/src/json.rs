// SPDX-License-Identifier: Apache-2.0
//! JSON (RFC 8259) to values and back.
//!
//! Our own reader, because documents come from outside: nesting is bounded, duplicate keys are
//! refused, errors say line and column, repeated keys share one allocation, and no key has a
//! meaning of its own (serde's number marker has). The writer gives one text for one value: keys
//! and sets in the engine's order, integers as integers, other numbers as JavaScript writes them.
use regorus::{Rc, Value};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

/// Characters of one number: reading digits takes time that grows faster than their count.
const MAX_NUMBER: usize = 10_000;

pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth_left: u32,
    keys: HashSet<Rc<str>>,
}

type Parsed<T> = Result<T, String>;

/// Parses a whole document.
pub fn parse(text: &[u8], depth: u32) -> Parsed<Value> {
    let text = std::str::from_utf8(text)
        .map_err(|e| format!("byte {}: not UTF-8; save the document as UTF-8", e.valid_up_to()))?;
    let mut reader = Reader { text, at: 0, depth_left: depth, keys: HashSet::new() };
    let value = reader.value()?;
    reader.space();
    if reader.at != text.len() {
        return Err(reader.wrong("text after the end of the document"));
    }
    Ok(value)
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        let before = &self.text.as_bytes()[..self.at.min(self.text.len())];
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
        format!("line {line}, column {column}: {what}")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Parsed<Value> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.wrong("expected a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self) -> Parsed<Value> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?.into())),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.wrong("expected a value")),
            None => Err(self.wrong("the document ends too early")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        if self.depth_left == 0 {
            return Err(self.wrong("nested too deeply"));
        }
        self.depth_left -= 1;
        self.at += 1;
        let value = read(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    /// After an element: true when another follows.
    fn more(&mut self, close: u8) -> Parsed<bool> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(c) if c == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.wrong(&format!("expected ',' or '{}'", char::from(close)))),
        }
    }

    fn empty(&mut self, close: u8) -> bool {
        self.space();
        let empty = self.peek() == Some(close);
        self.at += usize::from(empty);
        empty
    }

    fn array(&mut self) -> Parsed<Value> {
        let mut items = Vec::new();
        if self.empty(b']') {
            return Ok(Value::from(items));
        }
        loop {
            items.push(self.value()?);
            if !self.more(b']')? {
                return Ok(Value::from(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Value> {
        let mut members = BTreeMap::new();
        if self.empty(b'}') {
            return Ok(Value::from(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("expected a member name in quotes"));
            }
            let start = self.at;
            let name = self.string()?;
            let key = self.key(name);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.wrong("expected ':'"));
            }
            self.at += 1;
            let value = self.value()?;
            if members.insert(Value::String(key.clone()), value).is_some() {
                self.at = start;
                return Err(self.wrong(&format!("the member {key:?} stands twice in one object")));
            }
            if !self.more(b'}')? {
                return Ok(Value::from(members));
            }
        }
    }

    fn key(&mut self, name: String) -> Rc<str> {
        if let Some(known) = self.keys.get(name.as_str()) {
            return known.clone();
        }
        let key: Rc<str> = name.into();
        self.keys.insert(key.clone());
        key
    }

    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        let start = self.at;
        while let Some(c) = self.peek() {
            match c {
                b'"' => {
                    let text = self.text[start..self.at].to_string();
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => return self.string_with_escapes(start),
                0..=0x1f => return Err(self.wrong("control character in a string")),
                _ => self.at += 1,
            }
        }
        Err(self.wrong("a string without end"))
    }

    fn string_with_escapes(&mut self, start: usize) -> Parsed<String> {
        let mut text = self.text[start..self.at].to_string();
        let mut plain = self.at;
        while let Some(c) = self.peek() {
            match c {
                b'"' | b'\\' => {
                    text.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    if c == b'"' {
                        return Ok(text);
                    }
                    text.push(self.escape()?);
                    plain = self.at;
                }
                0..=0x1f => return Err(self.wrong("control character in a string")),
                _ => self.at += 1,
            }
        }
        Err(self.wrong("a string without end"))
    }

    fn escape(&mut self) -> Parsed<char> {
        let c = self.peek().ok_or_else(|| self.wrong("a string without end"))?;
        self.at += 1;
        Ok(match c {
            b'"' | b'\\' | b'/' => char::from(c),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.wrong("unknown escape in a string")),
        })
    }

    fn unicode_escape(&mut self) -> Parsed<char> {
        let high = self.hex4()?;
        if (0xd800..0xdc00).contains(&high) && self.text.as_bytes()[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        // A lone surrogate has no UTF-8; Go and JavaScript readers replace it too.
        Ok(char::from_u32(high).unwrap_or('\u{fffd}'))
    }

    fn hex4(&mut self) -> Parsed<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let digits = digits.filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(self.wrong("\\u needs four hexadecimal digits"));
        };
        self.at += 4;
        Ok(digits.iter().fold(0, |n, d| n * 16 + char::from(*d).to_digit(16).unwrap_or(0)))
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("expected a digit"));
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<Value> {
        let start = self.at;
        let mut integer = true;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            integer = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if text.len() > MAX_NUMBER {
            self.at = start;
            return Err(self.wrong("a number with too many digits"));
        }
        if integer {
            if let Ok(n) = text.parse::<i64>() {
                return Ok(Value::from(n));
            }
        }
        Value::from_numeric_string(text).map_err(|_| {
            self.at = start;
            self.wrong("a number that is too large")
        })
    }
}

/// Appends the canonical text of a value. `None` for a value that is or holds undefined.
pub fn write(value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Undefined => return None,
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(_) => out.push_str(&number_text(value)),
        Value::String(s) => write_string(s, out),
        Value::Array(items) => {
            write_list(items.iter(), out)?;
        }
        Value::Set(items) => {
            write_list(items.iter_sorted(), out)?;
        }
        Value::Object(members) => {
            out.push('{');
            for (i, (key, member)) in members.iter_sorted().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                match key {
                    Value::String(name) => write_string(name, out),
                    other => {
                        let mut name = String::new();
                        write(other, &mut name)?;
                        write_string(&name, out);
                    }
                }
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

fn write_list<'v>(items: impl Iterator<Item = &'v Value>, out: &mut String) -> Option<()> {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    out.push(']');
    Some(())
}

/// The decimal text of a number, as it stands in JSON.
pub fn number_text(value: &Value) -> String {
    let Ok(number) = value.as_number() else {
        return String::new();
    };
    if matches!(value.as_f64(), Ok(f) if f == 0.0) {
        return "0".to_string(); // there is no negative zero in JSON that readers agree on
    }
    if number.is_integer() {
        return number.format_decimal();
    }
    match value.as_f64() {
        Ok(f) if f.abs() < 1e-6 => format!("{f:e}"),
        _ => number.format_decimal(),
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (i, c) in text.bytes().enumerate() {
        let escape = match c {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[plain..i]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{c:04x}");
        } else {
            out.push_str(escape);
        }
        plain = i + 1;
    }
    out.push_str(&text[plain..]);
    out.push('"');
}
