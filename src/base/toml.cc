// SPDX-License-Identifier: Apache-2.0
// TOML 1.0 into Node.
//
// Hand-written, because the readers of lock files need what a library does not give together: the
// source text of plain values, members in document order with their lines, and bounds on depth,
// entries and bytes that hold on hostile input. What may be defined where (tables, dotted keys,
// arrays of tables) is kept in a Shape beside every table that can still grow.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/node.h"
#include "base/text.h"
#include "base/toml_scalar.h"

namespace bulkhead::base {
namespace {

bool is_bare_key(char c) { return is_alnum(c) || c == '_' || c == '-'; }
bool is_control(char c) { return (static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == '\x7f'; }

struct Shape {
  enum class State {
    kImplicit,  // named only as a part of a longer header
    kDotted,    // made by a dotted key: open until its section ends
    kDefined,   // has its own header
  };
  struct Slot {
    enum class Kind { kValue, kTable, kTables };
    Kind kind = Kind::kValue;
    std::unique_ptr<Shape> shape;  // of the table, or of the last table of an array of tables
  };

  State state = State::kImplicit;
  uint32_t section = 0;     // of kDotted
  std::vector<Slot> slots;  // beside Node::members
  std::map<std::string, size_t, std::less<>> index;  // only of tables with many members
};

// Above this many members a table is searched through Shape::index.
constexpr size_t kLinearSearch = 16;

// A table that is being filled: its node, its shape, and how deep it stands.
struct Table {
  Node* node;
  Shape* shape;
  uint32_t depth;
};

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  Result<Node> run() {
    Node root;
    root.kind = Node::Kind::kMapping;
    root.line = 1;
    Shape shape;
    shape.state = Shape::State::kDefined;
    Table top{&root, &shape, 0};
    Table current = top;
    uint32_t section = next_section_++;
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (true) {
      skip_blanks();
      if (at_ < text_.size() && text_[at_] == '[') {
        current = top;
        section = next_section_++;
        TRY(header(current));
      } else if (at_ < text_.size() && text_[at_] != '#' && !at_newline()) {
        TRY(key_value(current, section));
      }
      TRY(end_of_line());
      if (at_ == text_.size()) return root;
    }
  }

 private:
  Error bad(std::string_view what) const { return fail(Code::kInvalid, what); }
  Error fail(Code code, std::string_view what) const {
    return {code, "line " + std::to_string(line_) + ": " + std::string(what)};
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_newline() const {
    return peek() == '\n' || (peek() == '\r' && text_.substr(at_, 2) == "\r\n");
  }
  bool take_newline() {
    if (!at_newline()) return false;
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  // Blanks, a comment, and the newline or the end of the text.
  Status end_of_line() {
    skip_blanks();
    TRY(comment());
    if (at_ == text_.size() || take_newline()) return {};
    return bad("expected the end of the line");
  }
  Status comment() {
    if (!take('#')) return {};
    while (at_ < text_.size() && !at_newline()) {
      if (is_control(text_[at_])) return bad("control character in a comment");
      ++at_;
    }
    return {};
  }
  // What may stand between the elements of an array.
  Status skip_space() {
    do {
      skip_blanks();
      TRY(comment());
    } while (take_newline());
    return {};
  }

  static Shape::Slot* find(const Table& table, std::string_view key, size_t& index) {
    const auto& members = table.node->members;
    if (members.size() > kLinearSearch) {
      auto found = table.shape->index.find(key);
      if (found == table.shape->index.end()) return nullptr;
      index = found->second;
      return &table.shape->slots[index];
    }
    for (index = 0; index < members.size(); ++index) {
      if (members[index].first == key) return &table.shape->slots[index];
    }
    return nullptr;
  }

  // Adds a member that find() did not find.
  Result<size_t> add(const Table& table, std::string key, Shape::Slot::Kind kind) {
    TRY(count_entry());
    auto& members = table.node->members;
    auto& index = table.shape->index;
    members.emplace_back(std::move(key), Node());
    members.back().second.line = line_;
    table.shape->slots.push_back({kind, nullptr});
    if (members.size() == kLinearSearch + 1) {
      for (size_t i = 0; i < members.size(); ++i) index.emplace(members[i].first, i);
    } else if (members.size() > kLinearSearch) {
      index.emplace(members.back().first, members.size() - 1);
    }
    return members.size() - 1;
  }

  Status count_entry() {
    if (++entries_ <= limits_.max_entries) return {};
    return fail(Code::kLimit,
                "more entries than the limit of " + std::to_string(limits_.max_entries));
  }
  Status check_depth(uint32_t depth) const {
    if (depth <= limits_.max_depth) return {};
    return fail(Code::kLimit,
                "deeper nesting than the limit of " + std::to_string(limits_.max_depth));
  }

  // Steps into the table `key` of `table`, which is made if it is missing.
  Result<Table> enter(const Table& table, std::string key, Shape::State made_as,
                      uint32_t section) {
    size_t index = 0;
    Shape::Slot* slot = find(table, key, index);
    if (slot == nullptr) {
      index = TRY(add(table, std::move(key), Shape::Slot::Kind::kTable));
      slot = &table.shape->slots[index];
      slot->shape = std::make_unique<Shape>();
      slot->shape->state = made_as;
      slot->shape->section = section;
      table.node->members[index].second.kind = Node::Kind::kMapping;
    }
    if (slot->kind == Shape::Slot::Kind::kValue) return bad("a key names both a value and a table");
    Node* node = &table.node->members[index].second;
    uint32_t depth = table.depth + 1;
    if (slot->kind == Shape::Slot::Kind::kTables) {
      node = &node->items.back();
      ++depth;
    }
    TRY(check_depth(depth));
    return Table{node, slot->shape.get(), depth};
  }

  // [a.b] or [[a.b]]; leaves the table it names in `table`, which comes in as the root.
  Status header(Table& table) {
    ++at_;
    bool array = take('[');
    std::vector<std::string> path;
    TRY(key_path(path));
    if (!take(']') || (array && !take(']'))) return bad("expected ] after the name of a table");
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      table = TRY(enter(table, std::move(path[i]), Shape::State::kImplicit, 0));
    }
    size_t index = 0;
    Shape::Slot* slot = find(table, path.back(), index);
    if (array) return append_table(table, std::move(path.back()), slot, index);
    bool existed = slot != nullptr;
    if (existed && slot->kind != Shape::Slot::Kind::kTable) return bad("this key has a value");
    table = TRY(enter(table, std::move(path.back()), Shape::State::kDefined, 0));
    if (existed && table.shape->state != Shape::State::kImplicit) {
      return bad("this table is defined twice");
    }
    table.shape->state = Shape::State::kDefined;
    table.node->line = line_;
    return {};
  }

  Status append_table(Table& table, std::string key, Shape::Slot* slot, size_t index) {
    if (slot == nullptr) {
      index = TRY(add(table, std::move(key), Shape::Slot::Kind::kTables));
      slot = &table.shape->slots[index];
      table.node->members[index].second.kind = Node::Kind::kSequence;
    } else if (slot->kind != Shape::Slot::Kind::kTables) {
      return bad("this key is not an array of tables");
    }
    TRY(count_entry());
    Node& list = table.node->members[index].second;
    Node& item = list.items.emplace_back();
    item.kind = Node::Kind::kMapping;
    item.line = line_;
    slot->shape = std::make_unique<Shape>();
    slot->shape->state = Shape::State::kDefined;
    table = {&item, slot->shape.get(), table.depth + 2};
    return check_depth(table.depth);
  }

  // a.b = value
  Status key_value(const Table& start, uint32_t section) {
    std::vector<std::string> path;
    TRY(key_path(path));
    if (!take('=')) return bad("expected = after a key");
    skip_blanks();
    Table table = start;
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      Table next = TRY(enter(table, std::move(path[i]), Shape::State::kDotted, section));
      if (next.depth > table.depth + 1) return bad("a dotted key cannot extend an array of tables");
      if (next.shape->state == Shape::State::kImplicit) {
        next.shape->state = Shape::State::kDotted;
        next.shape->section = section;
      }
      if (next.shape->state != Shape::State::kDotted || next.shape->section != section) {
        return bad("a dotted key cannot extend a table that is defined elsewhere");
      }
      table = next;
    }
    size_t index = 0;
    if (find(table, path.back(), index) != nullptr) return bad("duplicate key");
    index = TRY(add(table, std::move(path.back()), Shape::Slot::Kind::kValue));
    return value(table.node->members[index].second, table.depth + 1);
  }

  Status key_path(std::vector<std::string>& path) {
    do {
      skip_blanks();
      std::string key;
      TRY(simple_key(key));
      path.push_back(std::move(key));
      TRY(check_depth(static_cast<uint32_t>(path.size())));
      skip_blanks();
    } while (take('.'));
    return {};
  }

  Status simple_key(std::string& key) {
    if (peek() == '"' || peek() == '\'') return quoted(key, false);
    size_t start = at_;
    while (at_ < text_.size() && is_bare_key(text_[at_])) ++at_;
    if (at_ == start) return bad("expected a key");
    key = text_.substr(start, at_ - start);
    return check_length(key.size());
  }

  Status value(Node& node, uint32_t depth) {
    TRY(check_depth(depth));
    node.line = line_;
    char c = peek();
    if (c == '[') return array(node, depth);
    if (c == '{') return inline_table(node, depth);
    node.kind = Node::Kind::kScalar;
    if (c == '"' || c == '\'') return quoted(node.text, true);
    node.plain = true;
    std::string_view word = take_word();
    if (is_toml_date(word) && peek() == ' ' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) {
      ++at_;
      std::string_view time = take_word();
      word = {word.data(), word.size() + 1 + time.size()};
    }
    if (!is_toml_plain_value(word)) return bad("not a value");
    node.text = word;
    return {};
  }

  std::string_view take_word() {
    size_t start = at_;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (!is_alnum(c) && c != '+' && c != '-' && c != '.' && c != ':' && c != '_') break;
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  Status array(Node& node, uint32_t depth) {
    node.kind = Node::Kind::kSequence;
    ++at_;
    while (true) {
      TRY(skip_space());
      if (take(']')) return {};
      TRY(count_entry());
      TRY(value(node.items.emplace_back(), depth + 1));
      TRY(skip_space());
      if (take(',')) continue;
      if (take(']')) return {};
      return bad("expected , or ] in an array");
    }
  }

  Status inline_table(Node& node, uint32_t depth) {
    node.kind = Node::Kind::kMapping;
    ++at_;
    Shape shape;
    uint32_t section = next_section_++;
    skip_blanks();
    if (take('}')) return {};
    while (true) {
      TRY(key_value({&node, &shape, depth}, section));
      skip_blanks();
      if (take(',')) continue;
      if (take('}')) return {};
      return bad("expected , or } in an inline table");
    }
  }

  Status check_length(size_t bytes) const {
    if (bytes <= limits_.max_string_bytes) return {};
    return fail(Code::kLimit, "a longer string than the limit of " +
                                  std::to_string(limits_.max_string_bytes) + " bytes");
  }

  // A string of any of the four kinds; those of several lines only where a value stands.
  Status quoted(std::string& out, bool value) {
    const char quote = text_[at_];
    const bool basic = quote == '"';
    const std::string_view triple = basic ? "\"\"\"" : "'''";
    const bool lines = value && text_.substr(at_).starts_with(triple);
    at_ += lines ? 3 : 1;
    if (lines) take_newline();
    while (true) {
      size_t start = at_;
      while (at_ < text_.size() && text_[at_] != quote && (text_[at_] != '\\' || !basic) &&
             !is_control(text_[at_])) {
        ++at_;
      }
      out += text_.substr(start, at_ - start);
      TRY(check_length(out.size()));
      if (at_ == text_.size()) return bad("a string does not end");
      char c = text_[at_];
      if (c == quote) {
        size_t run = 1;
        while (lines && run < 6 && at_ + run < text_.size() && text_[at_ + run] == quote) ++run;
        if (!lines || run >= 3) return close_string(out, lines, run);
        out.append(run, quote);
        at_ += run;
      } else if (c == '\\') {
        TRY(escape(out, lines));
      } else if (lines && at_newline()) {
        out += '\n';
        take_newline();
      } else {
        return bad(at_newline() ? "a string does not end" : "control character in a string");
      }
    }
  }

  // The closing quotes; up to two more of them in front belong to a string of several lines.
  Status close_string(std::string& out, bool lines, size_t run) {
    if (run > 5) return bad("too many quotes");
    if (lines) out.append(run - 3, text_[at_]);
    at_ += run;
    return {};
  }

  Status escape(std::string& out, bool lines) {
    ++at_;
    char c = peek();
    constexpr std::string_view kFrom = "btnfr\"\\";
    constexpr std::string_view kTo = "\b\t\n\f\r\"\\";
    if (size_t known = kFrom.find(c); known != std::string_view::npos && at_ < text_.size()) {
      out += kTo[known];
      ++at_;
      return {};
    }
    if (c == 'u' || c == 'U') return unicode_escape(out, c == 'u' ? 4 : 8);
    if (!lines) return bad("unknown escape in a string");
    // A backslash at the end of a line: all white space up to the next character goes.
    skip_blanks();
    if (!take_newline()) return bad("unknown escape in a string");
    do {
      skip_blanks();
    } while (take_newline());
    return {};
  }

  Status unicode_escape(std::string& out, size_t digits) {
    std::string_view hex = text_.substr(at_ + 1, digits);
    uint32_t code = 0;
    for (char h : hex) {
      char l = to_lower(h);
      if (!is_digit(l) && (l < 'a' || l > 'f')) return bad("malformed \\u escape");
      code = code << 4 | static_cast<uint32_t>(is_digit(l) ? l - '0' : l - 'a' + 10);
    }
    if (hex.size() != digits || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      return bad("malformed \\u escape");
    }
    at_ += 1 + digits;
    append_utf8(code, out);
    return {};
  }

  std::string_view text_;
  const Limits& limits_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t next_section_ = 0;
  uint64_t entries_ = 0;
};

}  // namespace

Result<Node> parse_toml(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(Code::kLimit, "larger than the limit of " + std::to_string(limits.max_bytes) +
                                   " bytes");
  }
  if (!is_utf8(text)) return Error(Code::kInvalid, "line 1: not UTF-8");
  return Parser(text, limits).run();
}

}  // namespace bulkhead::base
