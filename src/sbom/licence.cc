// SPDX-License-Identifier: Apache-2.0
// Licence expressions: OR binds weaker than AND, AND weaker than WITH (SPDX 2.3, annex D). Read by
// recursive descent, bounded by kMaxDepth parentheses and kMaxBytes.
#include "sbom/licence.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::sbom {
namespace {

constexpr size_t kMaxBytes = 16 * 1024;
constexpr int kMaxDepth = 32;

bool is_id_character(char c) { return base::is_alnum(c) || c == '-' || c == '.'; }

bool is_ref(std::string_view id, std::string_view prefix) {
  return id.size() > prefix.size() && id.starts_with(prefix) &&
         std::all_of(id.begin(), id.end(), is_id_character);
}

bool is_licence_ref(std::string_view id) {
  if (auto parts = base::cut(id, ":")) {
    return is_ref(parts->first, "DocumentRef-") && is_ref(parts->second, "LicenseRef-");
  }
  return is_ref(id, "LicenseRef-");
}

// One part of an expression: a single licence, or operands in their order that one operator joins.
struct Part {
  enum Bond { kOr, kAnd, kSimple };
  Bond bond = kSimple;
  std::vector<std::string> operands;

  std::string text() const { return base::join(operands, bond == kOr ? " OR " : " AND "); }
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    auto part = operands(Part::kOr, 0);
    if (!part || !peek().empty()) return std::nullopt;
    return part->text();
  }

 private:
  std::string_view peek() {
    text_ = base::trim(text_);
    if (text_.empty()) return text_;
    if (text_.front() == '(' || text_.front() == ')') return text_.substr(0, 1);
    size_t end = 0;
    while (end < text_.size() && !base::is_space(text_[end]) && text_[end] != '(' &&
           text_[end] != ')') {
      ++end;
    }
    return text_.substr(0, end);
  }

  bool take(std::string_view word) {
    std::string_view next = peek();
    if (!base::equals_ignore_case(next, word)) return false;
    text_.remove_prefix(next.size());
    return true;
  }

  // One or more operands of OR or of AND.
  std::optional<Part> operands(Part::Bond bond, int depth) {
    Part out{bond, {}};
    Part only;
    size_t count = 0;
    do {
      auto part = bond == Part::kOr ? operands(Part::kAnd, depth) : simple(depth);
      if (!part) return std::nullopt;
      ++count;
      if (part->bond == bond) {  // (a OR b) OR c
        out.operands.insert(out.operands.end(), part->operands.begin(), part->operands.end());
      } else {
        bool brackets = bond == Part::kAnd && part->bond == Part::kOr;
        out.operands.push_back(brackets ? "(" + part->text() + ")" : part->text());
      }
      only = *std::move(part);
    } while (take(bond == Part::kOr ? "OR" : "AND"));
    if (count == 1) return only;
    std::sort(out.operands.begin(), out.operands.end());
    out.operands.erase(std::unique(out.operands.begin(), out.operands.end()), out.operands.end());
    // "a AND a" is just a, whatever a is made of.
    if (out.operands.size() == 1) out.bond = Part::kSimple;
    return out;
  }

  std::optional<Part> simple(int depth) {
    if (take("(")) {
      if (depth >= kMaxDepth) return std::nullopt;
      auto part = operands(Part::kOr, depth + 1);
      if (!part || !take(")")) return std::nullopt;
      return part;
    }
    auto id = licence(peek());
    if (!id) return std::nullopt;
    text_.remove_prefix(peek().size());
    if (!take("WITH")) return Part{Part::kSimple, {*std::move(id)}};
    std::string_view exception = listed_licence(peek());
    if (exception.empty()) return std::nullopt;
    text_.remove_prefix(peek().size());
    return Part{Part::kSimple, {*id + " WITH " + std::string(exception)}};
  }

  static std::optional<std::string> licence(std::string_view word) {
    if (std::string_view listed = listed_licence(word); !listed.empty()) return std::string(listed);
    if (word.ends_with('+')) {
      std::string_view listed = listed_licence(word.substr(0, word.size() - 1));
      if (!listed.empty()) return std::string(listed) + "+";
    }
    if (is_licence_ref(word)) return std::string(word);
    return std::nullopt;
  }

  std::string_view text_;
};

}  // namespace

std::optional<std::string> canonical_licence(std::string_view expression) {
  if (expression.size() > kMaxBytes) return std::nullopt;
  return Parser(expression).run();
}

std::string licence_ref(std::string_view text) {
  constexpr size_t kReadable = 48;
  std::string out = "LicenseRef-";
  for (char c : text.substr(0, kReadable)) out += is_id_character(c) ? c : '-';
  return out + "-" + crypto::sha256_hex(base::as_bytes(text)).substr(0, 12);
}

}  // namespace bulkhead::sbom
