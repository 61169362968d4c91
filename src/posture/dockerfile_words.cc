// SPDX-License-Identifier: Apache-2.0
// What a line of a Dockerfile means. BuildKit gives every instruction one of a few shapes (words,
// one text, name and value, JSON array or text), and quotes mean something else in each: flags lose
// them, values of ENV keep them until they are expanded, EXPOSE does not know them. This file
// follows that, because a check that splits differently from the builder judges another image.
#include "posture/dockerfile_words.h"

#include <array>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::posture {
namespace {

enum class Shape { kWords, kText, kTextOrJson, kWordsOrJson, kPairs, kNames, kHealth, kNested };

struct Keyword {
  std::string_view name;
  Shape shape;
};

constexpr auto kKeywords = std::to_array<Keyword>({
    {"add", Shape::kWordsOrJson},
    {"arg", Shape::kNames},
    {"cmd", Shape::kTextOrJson},
    {"copy", Shape::kWordsOrJson},
    {"entrypoint", Shape::kTextOrJson},
    {"env", Shape::kPairs},
    {"expose", Shape::kWords},
    {"from", Shape::kWords},
    {"healthcheck", Shape::kHealth},
    {"label", Shape::kPairs},
    {"maintainer", Shape::kText},
    {"onbuild", Shape::kNested},
    {"run", Shape::kTextOrJson},
    {"shell", Shape::kTextOrJson},
    {"stopsignal", Shape::kText},
    {"user", Shape::kText},
    {"volume", Shape::kWordsOrJson},
    {"workdir", Shape::kText},
});

const Keyword* find_keyword(std::string_view name) {
  for (const Keyword& keyword : kKeywords) {
    if (keyword.name == name) return &keyword;
  }
  return nullptr;
}

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end;
    while (at < text.size() && is_blank(text[at])) ++at;
  }
  return words;
}

// The leading words that begin with "--", without quotes and escapes; text becomes what follows.
std::vector<std::string> take_flags(std::string_view& text, char escape) {
  std::vector<std::string> flags;
  size_t at = 0;
  while (true) {
    while (at < text.size() && base::is_space(text[at])) ++at;
    if (!text.substr(at).starts_with("--")) break;
    std::string word;
    char quote = 0;
    for (; at < text.size() && (quote != 0 || !base::is_space(text[at])); ++at) {
      char c = text[at];
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c != escape) {
        word += c;
      } else if (at + 1 < text.size()) {
        word += text[++at];
      }
    }
    if (word == "--") break;  // everything after it is arguments
    flags.push_back(std::move(word));
  }
  text.remove_prefix(at);
  return flags;
}

// The elements of a JSON array of strings. Nullopt: the text is in shell form.
std::optional<std::vector<std::string>> json_words(std::string_view text,
                                                   std::vector<std::string>& problems) {
  if (!text.starts_with('[')) return std::nullopt;
  auto document = base::json::Document::parse(text);
  if (!document || !document->root().is_array()) return std::nullopt;
  std::vector<std::string> words;
  bool strings = true;
  document->root().each([&](base::json::Value item) {
    strings = strings && item.is_string();
    words.emplace_back(item.string_or(""));
  });
  if (strings) return words;
  problems.emplace_back("a JSON array of arguments may hold strings only");
  return std::nullopt;
}

void text_or_json(std::string_view text, Instruction& out, std::vector<std::string>& problems) {
  if (auto words = json_words(text, problems)) {
    out.exec_form = true;
    out.args.insert(out.args.end(), words->begin(), words->end());
  } else if (!text.empty()) {
    out.args.emplace_back(text);
  }
}

void health(std::string_view text, Instruction& out, std::vector<std::string>& problems) {
  size_t end = 0;
  while (end < text.size() && !base::is_space(text[end])) ++end;
  if (end == 0) return;
  out.args.emplace_back(text.substr(0, end));
  text_or_json(base::trim(text.substr(end)), out, problems);
}

void pairs(std::string_view text, char escape, Instruction& out,
           std::vector<std::string>& problems) {
  auto words = quoted_words(text, escape);
  if (words.empty()) return;
  if (words.front().find('=') == std::string::npos) {  // ENV key all the rest
    size_t end = 0;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (end == text.size()) {
      problems.push_back(out.keyword + " needs a name and a value");
      return;
    }
    out.args = {std::string(text.substr(0, end)), std::string(base::trim(text.substr(end))), ""};
    return;
  }
  for (const std::string& word : words) {
    auto parts = base::cut(word, "=");
    if (!parts) {
      problems.push_back(out.keyword + ": no = in " + base::printable(word, 80));
      continue;
    }
    out.args.emplace_back(parts->first);
    out.args.emplace_back(parts->second);
    out.args.emplace_back("=");
  }
}

void nested(std::string_view text, char escape, Instruction& out,
            std::vector<std::string>& problems) {
  if (text.empty()) return;
  std::string_view word = text.substr(0, text.find_first_of(" \t\v\f\r"));
  if (base::equals_ignore_case(word, "onbuild") || base::equals_ignore_case(word, "from") ||
      base::equals_ignore_case(word, "maintainer")) {
    problems.push_back("ONBUILD cannot wrap " + base::printable(word, 40));
    return;
  }
  Instruction inner;
  if (split_instruction(text, escape, inner, problems)) out.inner.push_back(std::move(inner));
}

// What the builder would refuse, and what makes the instruction mean nothing.
void check_count(const Instruction& out, std::vector<std::string>& problems) {
  size_t count = out.args.size();
  if (out.cmd == "from") {
    bool named = count == 3 && base::equals_ignore_case(out.args[1], "as");
    if (count != 1 && !named) problems.emplace_back("FROM takes an image, or an image AS a name");
  } else if (out.cmd == "copy" || out.cmd == "add") {
    if (count < 2) problems.push_back(out.keyword + " needs a source and a destination");
  } else if (out.cmd == "onbuild") {
    if (out.inner.empty()) problems.emplace_back("ONBUILD wraps no instruction");
  } else if (count == 0 && out.cmd != "cmd" && out.cmd != "entrypoint" && out.cmd != "run" &&
             out.cmd != "volume") {
    problems.push_back(out.keyword + " needs an argument");
  }
}

// Splits at spaces outside quotes, with quotes and escapes kept. "<<" takes the spaces after it
// along, so that "<< EOF" is one word. Nullopt when a quote is not closed.
std::optional<std::vector<std::string>> heredoc_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  size_t at = 0;
  while (at < line.size()) {
    char c = line[at];
    if (base::is_space(c)) {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
      ++at;
      continue;
    }
    open = true;
    size_t end = at + 1;
    if (c == '\\') {
      end = std::min(line.size(), at + 2);
    } else if (c == '\'' || c == '"') {
      while (end < line.size() && line[end] != c) end += c == '"' && line[end] == '\\' ? 2 : 1;
      if (end >= line.size()) return std::nullopt;
      ++end;
    } else if (line.substr(at).starts_with("<<")) {
      end = at + 2;
      while (end < line.size() && (line[end] == ' ' || line[end] == '\t')) ++end;
    }
    word += line.substr(at, end - at);
    at = end;
  }
  if (open) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<std::string> quoted_words(std::string_view text, char escape) {
  std::vector<std::string> words;
  size_t at = 0;
  while (true) {
    while (at < text.size() && base::is_space(text[at])) ++at;
    if (at == text.size()) return words;
    std::string word;
    char quote = 0;
    for (; at < text.size() && (quote != 0 || !base::is_space(text[at])); ++at) {
      char c = text[at];
      if (c == escape && quote != '\'') {
        if (at + 1 == text.size()) continue;  // nothing to escape at the end of the line
        word += c;
        word += text[++at];
        continue;
      }
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      }
      word += c;
    }
    words.push_back(std::move(word));
  }
}

std::optional<std::string> unquote(std::string_view word, char escape) {
  std::string out;
  char quote = 0;
  for (size_t at = 0; at < word.size(); ++at) {
    char c = word[at];
    if (quote == '\'') {
      if (c == '\'') {
        quote = 0;
      } else {
        out += c;
      }
    } else if (c == escape) {
      bool special = at + 1 < word.size() &&
                     (word[at + 1] == '"' || word[at + 1] == '$' || word[at + 1] == escape);
      if (quote == '"' && !special) {
        out += c;
      } else if (at + 1 < word.size()) {
        out += word[++at];
      }
    } else if (c == '"') {
      quote = quote == '"' ? '\0' : '"';
    } else if (c == '\'' && quote == 0) {
      quote = c;
    } else {
      out += c;
    }
  }
  if (quote != 0) return std::nullopt;
  return out;
}

std::string unquoted(std::string_view word, char escape) {
  auto plain = unquote(word, escape);
  return plain ? std::move(*plain) : std::string(word);
}

std::optional<Heredoc> heredoc_of_word(std::string_view word) {
  size_t at = 0;
  while (at < word.size() && base::is_digit(word[at])) ++at;
  if (!word.substr(at).starts_with("<<")) return std::nullopt;
  at += 2;
  Heredoc out;
  if (at < word.size() && word[at] == '-') {
    out.chomp = true;
    ++at;
  }
  while (at < word.size() && base::is_space(word[at])) ++at;
  std::string_view name = word.substr(at);
  if (name.empty() || name.find('<') != name.npos) return std::nullopt;
  auto plain = unquote(name, '\\');
  if (!plain || plain->empty()) return std::nullopt;
  out.expand = name.find_first_of("'\"") == name.npos;
  out.name = std::move(*plain);
  return out;
}

std::vector<Heredoc> heredocs_of_line(std::string_view line) {
  std::vector<Heredoc> out;
  auto words = heredoc_words(line);
  if (!words) return out;
  for (const std::string& word : *words) {
    if (auto heredoc = heredoc_of_word(word)) out.push_back(std::move(*heredoc));
  }
  return out;
}

bool split_instruction(std::string_view line, char escape, Instruction& out,
                       std::vector<std::string>& problems) {
  out.text = line;
  line = base::trim(line);
  size_t end = 0;
  while (end < line.size() && !is_blank(line[end])) ++end;
  out.keyword = line.substr(0, end);
  out.cmd = base::lower(out.keyword);
  const Keyword* keyword = find_keyword(out.cmd);
  if (keyword == nullptr) {
    problems.push_back("unknown instruction " + base::printable(out.keyword, 80));
    return false;
  }
  std::string_view rest = line.substr(end);
  out.flags = take_flags(rest, escape);
  rest = base::trim(rest);
  switch (keyword->shape) {
    case Shape::kWords: out.args = plain_words(rest); break;
    case Shape::kText:
      if (!rest.empty()) out.args.emplace_back(rest);
      break;
    case Shape::kTextOrJson: text_or_json(rest, out, problems); break;
    case Shape::kWordsOrJson:
      if (auto words = json_words(rest, problems)) {
        out.exec_form = true;
        out.args = std::move(*words);
      } else {
        out.args = plain_words(rest);
      }
      break;
    case Shape::kPairs: pairs(rest, escape, out, problems); break;
    case Shape::kNames: out.args = quoted_words(rest, escape); break;
    case Shape::kHealth: health(rest, out, problems); break;
    case Shape::kNested: nested(rest, escape, out, problems); break;
  }
  check_count(out, problems);
  return true;
}

}  // namespace bulkhead::posture
