// SPDX-License-Identifier: Apache-2.0
// The template language: {{path}}, {{path|filter}}, {{#each path}}, {{#if path}}, {{else}},
// {{/each}}, {{/if}}, {{! comment}}. A line that holds only a block tag or a comment is left out.
//
// Safe by what it lacks: no code, no files, no recursion; text from a scanned image is made
// harmless for terminals unless a filter says where it goes.
#include "report/template.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace bulkhead::report {

namespace json = base::json;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) {}

  Result<Template> run() {
    Template out;
    TRY(block(out.nodes_, "", 0));
    return out;
  }

 private:
  using Node = Template::Node;
  static constexpr int kMaxDepth = 16;

  // What ended a block.
  enum class End { kText, kElse, kClose };

  Error wrong(const std::string& what) const {
    size_t line = 1;
    for (char c : text_.substr(0, tag_at_)) line += c == '\n';
    return Error(Code::kInvalid, "template, line " + std::to_string(line) + ": " + what);
  }

  // Reads nodes up to the end of the block that `name` opened ("" for the whole text).
  Result<End> block(std::vector<Node>& out, std::string_view name, int depth) {
    if (depth > kMaxDepth) return wrong("blocks are nested too deeply");
    while (true) {
      tag_at_ = text_.find("{{", at_);
      std::string_view before = text_.substr(at_, tag_at_ - at_);
      if (tag_at_ == std::string_view::npos) {
        tag_at_ = text_.size();
        add_text(out, before);
        at_ = text_.size();
        if (!name.empty()) return wrong("{{#" + std::string(name) + "}} is not closed");
        return End::kText;
      }
      size_t end = text_.find("}}", tag_at_);
      if (end == std::string_view::npos) return wrong("\"{{\" without \"}}\"");
      std::string_view tag = base::trim(text_.substr(tag_at_ + 2, end - tag_at_ - 2));
      at_ = end + 2;
      bool is_block =
          tag.starts_with('#') || tag.starts_with('/') || tag.starts_with('!') || tag == "else";
      if (is_block) before = swallow_line(before);
      if (!is_block) after_line_feed_ = false;
      add_text(out, before);
      if (tag.starts_with('!')) continue;
      if (tag == "else") {
        if (name.empty()) return wrong("{{else}} outside a block");
        return End::kElse;
      }
      if (tag.starts_with('/')) {
        if (base::trim(tag.substr(1)) != name || name.empty()) {
          return wrong("{{" + base::printable(tag, 40) + "}} closes nothing");
        }
        return End::kClose;
      }
      if (tag.starts_with('#')) {
        TRY(opened(out, tag.substr(1), depth));
      } else {
        TRY(value(out, tag));
      }
    }
  }

  static void add_text(std::vector<Node>& out, std::string_view text) {
    if (text.empty()) return;
    Node& node = out.emplace_back();
    node.text = text;
  }

  // When the tag stands alone on its line, the line goes: the text before loses its last line's
  // white space, the text behind its line feed.
  std::string_view swallow_line(std::string_view before) {
    size_t line = before.find_last_of('\n');
    bool at_start = tag_at_ == before.size();  // nothing but this text stands before
    bool line_begins = line != std::string_view::npos || at_start || after_line_feed_;
    after_line_feed_ = false;
    if (!line_begins) return before;
    size_t begin = line == std::string_view::npos ? 0 : line + 1;
    size_t after = text_.find_first_not_of(" \t\r", at_);
    bool ends = after == std::string_view::npos || text_[after] == '\n';
    if (!base::trim(before.substr(begin)).empty() || !ends) return before;
    after_line_feed_ = true;
    at_ = after == std::string_view::npos ? text_.size() : after + 1;
    return before.substr(0, begin);
  }

  Status opened(std::vector<Node>& out, std::string_view tag, int depth) {
    auto parts = base::cut(base::trim(tag), " ");
    std::string_view kind = parts ? parts->first : std::string_view();
    if (kind != "each" && kind != "if") {
      return wrong("{{#" + base::printable(tag, 40) + "}}: known are #each and #if with a path");
    }
    Node node;
    node.kind = kind == "each" ? Node::kEach : Node::kIf;
    node.text = TRY(path(base::trim(parts->second)));
    if (TRY(block(node.then, kind, depth + 1)) == End::kElse &&
        TRY(block(node.otherwise, kind, depth + 1)) == End::kElse) {
      return wrong("a second {{else}}");
    }
    out.push_back(std::move(node));
    return {};
  }

  Status value(std::vector<Node>& out, std::string_view tag) {
    Node node;
    node.kind = Node::kValue;
    auto parts = base::cut(tag, "|");
    node.text = TRY(path(base::trim(parts ? parts->first : tag)));
    if (parts) node.filter = TRY(filter(base::trim(parts->second)));
    out.push_back(std::move(node));
    return {};
  }

  Result<std::string> path(std::string_view text) const {
    bool fits = !text.empty();
    for (char c : text) fits &= base::is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '@';
    if (!fits) return wrong("\"" + base::printable(text, 40) + "\" is no path of names and dots");
    return std::string(text);
  }

  Result<Template::Filter> filter(std::string_view name) const {
    using Filter = Template::Filter;
    constexpr std::array<std::pair<std::string_view, Filter>, 6> kFilters = {{
        {"raw", Filter::kRaw},
        {"html", Filter::kHtml},
        {"json", Filter::kJson},
        {"csv", Filter::kCsv},
        {"upper", Filter::kUpper},
        {"count", Filter::kCount},
    }};
    for (const auto& [known, which] : kFilters) {
      if (known == name) return which;
    }
    return wrong("unknown filter \"" + base::printable(name, 40) +
                 "\"; known are raw, html, json, csv, upper, count");
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t tag_at_ = 0;
  bool after_line_feed_ = false;  // the last block tag took its line feed with it
};

class TemplateRenderer {
 public:
  explicit TemplateRenderer(TextOut& out) : out_(out) {}

  Status run(const std::vector<Template::Node>& nodes, json::Value data) {
    scopes_.push_back({data, 0, 1});
    return render(nodes);
  }

 private:
  using Node = Template::Node;
  using Filter = Template::Filter;
  struct Scope {
    json::Value value;
    uint64_t index;
    uint64_t count;
  };

  Status render(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (++steps_ > Template::kMaxSteps) {
        return Error(Code::kLimit, "template: loops in loops take too long");
      }
      if (out_.failed()) return {};
      switch (node.kind) {
        case Node::kText: out_ << node.text; break;
        case Node::kValue: TRY(print(node)); break;
        case Node::kIf: TRY(render(holds(node.text) ? node.then : node.otherwise)); break;
        case Node::kEach: TRY(each(node)); break;
      }
    }
    return {};
  }

  Status each(const Node& node) {
    json::Value list = find(node.text);
    uint64_t count = list.is_array() ? list.size() : 0;
    if (count == 0) return render(node.otherwise);
    Status status;
    uint64_t index = 0;
    list.each([&](json::Value item) {
      if (!status) return;
      scopes_.push_back({item, index++, count});
      status = render(node.then);
      scopes_.pop_back();
    });
    return status;
  }

  // The first name is looked for from the innermost scope outwards, the others from there.
  json::Value find(std::string_view path) const {
    if (path == ".") return scopes_.back().value;
    auto parts = base::split(path, '.');
    for (size_t i = scopes_.size(); i-- > 0;) {
      json::Value at = scopes_[i].value[parts.front()];
      if (at.missing()) continue;
      for (size_t part = 1; part < parts.size(); ++part) at = at[parts[part]];
      return at;
    }
    return {};
  }

  bool holds(const std::string& path) const {
    if (path == "@first") return scopes_.back().index == 0;
    if (path == "@last") return scopes_.back().index + 1 == scopes_.back().count;
    json::Value value = find(path);
    switch (value.kind()) {
      case json::Kind::kBool: return *value.boolean();
      case json::Kind::kNumber: return *value.number() != 0;
      case json::Kind::kString: return !value.string()->empty();
      case json::Kind::kArray:
      case json::Kind::kObject: return value.size() != 0;
      default: return false;
    }
  }

  Status print(const Node& node) {
    if (node.text == "@index") {
      out_ << std::to_string(scopes_.back().index);
      return {};
    }
    json::Value value = find(node.text);
    if (node.filter == Filter::kCount) {
      out_ << std::to_string(value.size());
      return {};
    }
    if (node.filter == Filter::kJson) {
      json::Writer writer(0);
      write_json(value, writer);
      out_ << writer.take();
      return {};
    }
    if (value.is_object()) {
      return Error(Code::kInvalid, "template: {{" + node.text +
                                       "}} is an object; name a member "
                                       "or use the filter json");
    }
    std::string text;
    if (value.is_array()) {
      value.each([&](json::Value item) { text += (text.empty() ? "" : ", ") + scalar(item); });
    } else {
      text = scalar(value);
    }
    out_ << filtered(node.filter, text);
    return {};
  }

  static std::string scalar(json::Value value) {
    switch (value.kind()) {
      case json::Kind::kString: return std::string(*value.string());
      case json::Kind::kBool: return *value.boolean() ? "true" : "false";
      case json::Kind::kNumber:
        return value.integer() ? std::to_string(*value.integer())
                               : json::Writer(0).value(*value.number()).take();
      default: return "";
    }
  }

  static void write_json(json::Value value, json::Writer& writer) {
    switch (value.kind()) {
      case json::Kind::kObject:
        writer.begin_object();
        value.each_member([&](std::string_view key, json::Value member) {
          writer.key(key);
          write_json(member, writer);
        });
        writer.end_object();
        break;
      case json::Kind::kArray:
        writer.begin_array();
        value.each([&](json::Value item) { write_json(item, writer); });
        writer.end_array();
        break;
      case json::Kind::kString: writer.value(*value.string()); break;
      case json::Kind::kMissing:
      case json::Kind::kNull: writer.null(); break;
      default: writer.raw(scalar(value));
    }
  }

  static std::string filtered(Filter filter, std::string_view text) {
    std::string out;
    switch (filter) {
      case Filter::kRaw: return std::string(text);
      case Filter::kHtml:
        for (char c : text) {
          if (c == '&')
            out += "&amp;";
          else if (c == '<')
            out += "&lt;";
          else if (c == '>')
            out += "&gt;";
          else if (c == '"')
            out += "&quot;";
          else if (c == '\'')
            out += "&#39;";
          else
            out += c;
        }
        return out;
      case Filter::kCsv:
        if (!text.empty() &&
            std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
          out += '\'';
        }
        for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
        return "\"" + out + "\"";
      case Filter::kUpper:
        out = base::printable(text, SIZE_MAX);
        for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return out;
      default: return base::printable(text, SIZE_MAX);
    }
  }

  TextOut& out_;
  std::vector<Scope> scopes_;
  uint64_t steps_ = 0;
};

Result<Template> Template::parse(std::string_view text) { return TemplateParser(text).run(); }

Status Template::render(json::Value data, TextOut& out) const {
  return TemplateRenderer(out).run(nodes_, data);
}

}  // namespace bulkhead::report
