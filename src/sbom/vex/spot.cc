// SPDX-License-Identifier: Apache-2.0
// Problems, and the typed access that finds them.
#include "sbom/vex/spot.h"

#include "base/clock.h"
#include "base/text.h"

namespace bulkhead::sbom {
namespace {
constexpr size_t kMaxKept = 5;
constexpr size_t kMaxTextBytes = 200;
}  // namespace

void Problems::add(std::string_view place, std::string_view what) {
  if (++count_ > kMaxKept) return;
  std::string text = place.empty() ? std::string("the document") : base::printable(place, 300);
  kept_.push_back(text + " " + std::string(what));
}

base::Status Problems::status(std::string_view format) const {
  if (!any()) return {};
  std::string message = std::string(format) + ": " + base::join(kept_, "; ");
  if (count_ > kept_.size()) {
    message += "; and " + std::to_string(count_ - kept_.size()) + " more problems";
  }
  return base::Error(base::Code::kInvalid, std::move(message));
}

std::string_view Spot::text() const {
  if (!present()) return "";
  auto found = value_.string();
  if (!found) wrong("is not a text");
  return found.value_or("");
}

std::string_view Spot::need_text() const {
  std::string_view found = text();
  bool typed = !present() || value_.is_string();
  if (typed && found.empty()) wrong(present() ? "is empty" : "is missing");
  return found;
}

std::string_view Spot::time() const {
  std::string_view found = text();
  if (found.empty() || base::parse_time(found)) return found;
  wrong("is \"" + base::printable(found, kMaxTextBytes) + "\", which is no time (RFC 3339)");
  return "";
}

bool Spot::need_object() const {
  if (value_.is_object()) return true;
  wrong(present() ? "is not an object" : "is missing");
  return false;
}

std::string unknown_word(std::string_view word, std::initializer_list<std::string_view> known) {
  std::string out =
      "has the unknown word \"" + base::printable(word, kMaxTextBytes) + "\"; known are ";
  size_t number = 0;
  for (std::string_view name : known) {
    if (number != 0) out += number + 1 == known.size() ? " and " : ", ";
    out += name;
    ++number;
  }
  return out;
}

}  // namespace bulkhead::sbom
