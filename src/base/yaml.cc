// SPDX-License-Identifier: Apache-2.0
// YAML reader over libyaml's event stream (YAML 1.2.2, https://yaml.org/spec/1.2.2/).
//
// libyaml's own document loader, and most others, accept what a lock file or a policy must not
// contain: repeated keys, aliases that unfold to gigabytes, nesting without end. Events let us
// build the tree ourselves and refuse each of these at its line. An alias becomes a copy of its
// anchor's node; every copy is paid from the same budget as the nodes of the text
// (Limits::max_entries nodes, Limits::max_bytes of scalar text), so unfolding is bounded by what a
// plain document may hold.
//
// The tree is built on an explicit stack; recursion happens only over finished nodes, whose height
// is at most Limits::max_depth.
#include <yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/node.h"
#include "base/text.h"

namespace bulkhead::base {
namespace {

// libyaml compares each %TAG directive with all before it; real documents have none or a few.
constexpr size_t kMaxTagDirectives = 64;

std::string at_line(size_t line) { return "line " + std::to_string(line); }

uint32_t line_of(const yaml_mark_t& mark) { return static_cast<uint32_t>(mark.line + 1); }

std::string_view text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// What a subtree costs to copy.
struct Cost {
  uint64_t nodes = 1;
  uint64_t bytes = 0;
  uint32_t height = 0;  // 0 for a scalar

  void add(const Cost& child) {
    nodes += child.nodes;
    bytes += child.bytes;
    height = std::max(height, child.height + 1);
  }
};

Cost cost_of(const Node& node) {
  Cost cost;
  cost.bytes = node.text.size();
  if (node.is_sequence() || node.is_mapping()) cost.height = 1;
  for (const Node& item : node.items) cost.add(cost_of(item));
  for (const auto& [key, value] : node.members) {
    cost.bytes += key.size();
    cost.add(cost_of(value));
  }
  return cost;
}

// A collection that is still open.
struct Frame {
  Node node;
  std::string anchor;
  std::string key;  // of a mapping: the key whose value comes next
  uint32_t key_line = 0;
  bool has_key = false;
  bool plain_key = false;
  std::vector<uint32_t> key_lines;
  std::vector<Node> merges;  // values of <<
};

class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  // Takes one event of a document's content.
  Status event(const yaml_event_t& event);
  // The finished document. Anchors end with it, the budget is that of the whole stream.
  Node take_root() {
    anchors_.clear();
    return std::move(root_);
  }

 private:
  Status scalar(const yaml_event_t& event);
  Status alias(const yaml_event_t& event);
  Status open(Node::Kind kind, const yaml_char_t* anchor, uint32_t line);
  Status close();
  Status place(Node node, bool plain_scalar);
  Status set_anchor(std::string name, const Node& node);
  Status spend(uint64_t nodes, uint64_t bytes, uint32_t line);
  Status spend_copies(uint64_t nodes, uint32_t line);
  static Status refuse_repeated_keys(const Frame& frame);
  static Status merge(Frame& frame);

  const Limits& limits_;
  std::vector<Frame> frames_;
  std::map<std::string, Node, std::less<>> anchors_;
  // Nodes of the text cost the writer bytes, copies do not: half a kilobyte could ask for millions.
  static constexpr uint64_t kMaxCopies = 250'000;

  uint64_t nodes_ = 0;
  uint64_t copies_ = 0;
  uint64_t bytes_ = 0;
  Node root_;
};

Status Builder::event(const yaml_event_t& event) {
  uint32_t line = line_of(event.start_mark);
  switch (event.type) {
    case YAML_SCALAR_EVENT: return scalar(event);
    case YAML_ALIAS_EVENT: return alias(event);
    case YAML_SEQUENCE_START_EVENT:
      return open(Node::Kind::kSequence, event.data.sequence_start.anchor, line);
    case YAML_MAPPING_START_EVENT:
      return open(Node::Kind::kMapping, event.data.mapping_start.anchor, line);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close();
    default: return {};
  }
}

Status Builder::spend(uint64_t nodes, uint64_t bytes, uint32_t line) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ > limits_.max_entries) {
    return Error(Code::kLimit, at_line(line) + ": more than " +
                                   std::to_string(limits_.max_entries) +
                                   " values with aliases unfolded");
  }
  if (bytes_ > limits_.max_bytes) {
    return Error(Code::kLimit, at_line(line) + ": more than " + std::to_string(limits_.max_bytes) +
                                   " bytes with aliases unfolded");
  }
  return {};
}

Status Builder::spend_copies(uint64_t nodes, uint32_t line) {
  copies_ += nodes;
  if (copies_ <= kMaxCopies) return {};
  return Error(Code::kLimit, at_line(line) + ": anchors and aliases repeat more than " +
                                 std::to_string(kMaxCopies) + " values");
}

Status Builder::scalar(const yaml_event_t& event) {
  const auto& data = event.data.scalar;
  std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
  uint32_t line = line_of(event.start_mark);
  if (text.size() > limits_.max_string_bytes) {
    return Error(Code::kLimit, at_line(line) + ": string of " + std::to_string(text.size()) +
                                   " bytes; the limit is " +
                                   std::to_string(limits_.max_string_bytes));
  }
  TRY(spend(1, text.size(), line));
  Node node;
  node.line = line;
  // A tag says that the text is not what it looks like; it then counts as quoted.
  node.plain = data.style == YAML_PLAIN_SCALAR_STYLE && data.tag == nullptr;
  bool is_key = !frames_.empty() && frames_.back().node.is_mapping() && !frames_.back().has_key;
  node.kind = node.plain && !is_key && is_null_word(text) ? Node::Kind::kNull : Node::Kind::kScalar;
  if (node.is_scalar()) node.text = text;
  if (data.anchor != nullptr) TRY(set_anchor(std::string(text_of(data.anchor)), node));
  bool plain = node.plain;
  return place(std::move(node), plain);
}

Status Builder::alias(const yaml_event_t& event) {
  std::string_view name = text_of(event.data.alias.anchor);
  uint32_t line = line_of(event.start_mark);
  auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    bool open = std::any_of(frames_.begin(), frames_.end(),
                            [&](const Frame& frame) { return frame.anchor == name; });
    return Error(Code::kInvalid, at_line(line) + ": alias *" + printable(name, 80) +
                                     (open ? " stands inside its own anchor" : " has no anchor"));
  }
  Cost cost = cost_of(found->second);
  TRY(spend(cost.nodes, cost.bytes, line));
  TRY(spend_copies(cost.nodes, line));
  if (frames_.size() + cost.height > limits_.max_depth) {
    return Error(Code::kLimit,
                 at_line(line) + ": nested deeper than " + std::to_string(limits_.max_depth));
  }
  Node copy = found->second;
  copy.line = line;
  return place(std::move(copy), false);
}

Status Builder::open(Node::Kind kind, const yaml_char_t* anchor, uint32_t line) {
  if (frames_.size() >= limits_.max_depth) {
    return Error(Code::kLimit,
                 at_line(line) + ": nested deeper than " + std::to_string(limits_.max_depth));
  }
  if (!frames_.empty() && frames_.back().node.is_mapping() && !frames_.back().has_key) {
    return Error(Code::kUnsupported, at_line(line) + ": a mapping key must be a string");
  }
  TRY(spend(1, 0, line));
  Frame frame;
  frame.node.kind = kind;
  frame.node.line = line;
  frame.anchor = text_of(anchor);
  frames_.push_back(std::move(frame));
  return {};
}

Status Builder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (frame.node.is_mapping()) {
    TRY(refuse_repeated_keys(frame));
    TRY(merge(frame));
  }
  if (!frame.anchor.empty()) TRY(set_anchor(std::move(frame.anchor), frame.node));
  return place(std::move(frame.node), false);
}

// Anchored nodes are kept as copies, so an anchor costs as much as an alias.
Status Builder::set_anchor(std::string name, const Node& node) {
  Cost cost = cost_of(node);
  TRY(spend(cost.nodes, cost.bytes, node.line));
  TRY(spend_copies(cost.nodes, node.line));
  anchors_.insert_or_assign(std::move(name), node);
  return {};
}

// Puts a finished node where the innermost open collection expects it.
Status Builder::place(Node node, bool plain_scalar) {
  if (frames_.empty()) {
    root_ = std::move(node);
    return {};
  }
  Frame& frame = frames_.back();
  if (frame.node.is_sequence()) {
    frame.node.items.push_back(std::move(node));
  } else if (!frame.has_key) {
    if (node.kind != Node::Kind::kScalar) {  // an alias to something else
      return Error(Code::kUnsupported, at_line(node.line) + ": a mapping key must be a string");
    }
    frame.has_key = true;
    frame.plain_key = plain_scalar;
    frame.key = std::move(node.text);
    frame.key_line = node.line;
  } else {
    frame.has_key = false;
    node.plain_key = frame.plain_key;
    if (frame.plain_key && frame.key == "<<") {
      frame.merges.push_back(std::move(node));
    } else {
      frame.node.members.emplace_back(std::move(frame.key), std::move(node));
      frame.key_lines.push_back(frame.key_line);
    }
    frame.key.clear();
  }
  return {};
}

// By sorting, so that a mapping of a million keys stays cheap.
Status Builder::refuse_repeated_keys(const Frame& frame) {
  const auto& members = frame.node.members;
  std::vector<uint32_t> order(members.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    int compared = members[a].first.compare(members[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  auto repeated = std::adjacent_find(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return members[a].first == members[b].first;
  });
  if (repeated == order.end()) return {};
  return Error(Code::kInvalid, at_line(frame.key_lines[*(repeated + 1)]) + ": key \"" +
                                   printable(members[*repeated].first, 100) +
                                   "\" stands already in " + at_line(frame.key_lines[*repeated]));
}

// The merge key of YAML 1.1 (https://yaml.org/type/merge.html): members of the merged mappings come
// in where the mapping itself, or an earlier merged one, has no such key.
Status Builder::merge(Frame& frame) {
  if (frame.merges.empty()) return {};
  auto& members = frame.node.members;
  std::set<std::string> taken;
  for (const auto& [key, value] : members) taken.insert(key);
  auto take = [&](Node& from) -> Status {
    if (!from.is_mapping()) {
      return Error(Code::kInvalid, at_line(from.line) + ": << needs a mapping");
    }
    for (auto& [key, value] : from.members) {
      if (taken.insert(key).second) members.emplace_back(std::move(key), std::move(value));
    }
    return {};
  };
  for (Node& value : frame.merges) {
    if (!value.is_sequence()) {
      TRY(take(value));
      continue;
    }
    for (Node& item : value.items) TRY(take(item));
  }
  return {};
}

// Owns a libyaml parser over text in memory.
class YamlEvents {
 public:
  explicit YamlEvents(std::string_view text) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);  // no UTF-16 in disguise
    const char* data = text.empty() ? "" : text.data();      // libyaml asserts that it is not null
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(data),
                                 text.size());
  }
  ~YamlEvents() {
    if (ready_) yaml_parser_delete(&parser_);
  }
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  bool next(yaml_event_t& event) { return ready_ && yaml_parser_parse(&parser_, &event) == 1; }
  Error error() const {
    if (!ready_ || parser_.error == YAML_MEMORY_ERROR) {
      return Error(Code::kLimit, "not enough memory for the YAML reader");
    }
    std::string message = "not valid YAML: ";
    if (parser_.error != YAML_READER_ERROR) {
      message += at_line(parser_.problem_mark.line + 1) + ", column " +
                 std::to_string(parser_.problem_mark.column + 1) + ": ";
    }
    message += parser_.problem == nullptr ? "malformed" : parser_.problem;
    if (parser_.error == YAML_READER_ERROR) {
      message += " at byte " + std::to_string(parser_.problem_offset);
    }
    return Error(Code::kInvalid, std::move(message));
  }

 private:
  yaml_parser_t parser_;
  bool ready_ = false;
};

struct Event {
  yaml_event_t raw = {};
  ~Event() { yaml_event_delete(&raw); }
};

Status refuse_many_directives(std::string_view text) {
  size_t directives = text.starts_with("%TAG") ? 1 : 0;
  for (size_t at = text.find("\n%TAG"); at != text.npos; at = text.find("\n%TAG", at + 1)) {
    if (++directives > kMaxTagDirectives) {
      return Error(Code::kLimit,
                   "more than " + std::to_string(kMaxTagDirectives) + " %TAG directives");
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Node>> parse_yaml_stream(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(Code::kLimit, "YAML document of " + std::to_string(text.size()) +
                                   " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  TRY(refuse_many_directives(text));
  YamlEvents parser(text);
  std::vector<Node> documents;
  Builder builder(limits);
  while (true) {
    Event start;
    if (!parser.next(start.raw)) return parser.error();
    if (start.raw.type == YAML_STREAM_START_EVENT) continue;
    if (start.raw.type == YAML_STREAM_END_EVENT) return documents;
    while (true) {
      Event event;
      if (!parser.next(event.raw)) return parser.error();
      if (event.raw.type == YAML_DOCUMENT_END_EVENT) break;
      if (auto status = builder.event(event.raw); !status) {
        return std::move(status).error().context("YAML");
      }
    }
    documents.push_back(builder.take_root());
    if (documents.size() > limits.max_entries) {
      return Error(Code::kLimit, "too many YAML documents in one stream");
    }
  }
}

Result<Node> parse_yaml(std::string_view text, const Limits& limits) {
  auto documents = TRY(parse_yaml_stream(text, limits));
  if (documents.size() > 1) {
    return Error(Code::kInvalid, at_line(documents[1].line) +
                                     ": a second document where one is "
                                     "expected");
  }
  if (!documents.empty()) return std::move(documents.front());
  Node empty;
  empty.kind = Node::Kind::kNull;
  empty.line = 1;
  return empty;
}

}  // namespace bulkhead::base
