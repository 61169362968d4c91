// SPDX-License-Identifier: Apache-2.0
// semver.compare and semver.is_valid: Semantic Versioning 2.0.0, with a leading "v" allowed as OPA
// does. (version/schemes/semver.cc orders what registries hold, which is laxer.)
#include <array>

#include "base/text.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::semver {
namespace {

struct Version {
  std::array<int64_t, 3> numbers{};
  std::string_view pre_release;
};

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!base::is_digit(c)) return false;
  }
  return !text.empty();
}

bool identifiers(std::string_view text, bool pre_release) {
  for (const std::string_view id : base::split(text, '.')) {
    if (id.empty()) return false;
    for (const char c : id) {
      if (!base::is_alnum(c) && c != '-') return false;
    }
    if (pre_release && id.size() > 1 && id[0] == '0' && all_digits(id)) return false;
  }
  return true;
}

std::optional<Version> parse(std::string_view text) {
  Version version;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (const auto parts = base::cut(text, "+")) {
    if (!identifiers(parts->second, false)) return std::nullopt;
    text = parts->first;
  }
  if (const auto parts = base::cut(text, "-")) {
    if (!identifiers(parts->second, true)) return std::nullopt;
    version.pre_release = parts->second;
    text = parts->first;
  }
  const auto numbers = base::split(text, '.');
  if (numbers.size() != 3) return std::nullopt;
  for (size_t i = 0; i < 3; ++i) {
    const auto number = base::to_number<int64_t>(numbers[i]);
    if (!number || !all_digits(numbers[i])) return std::nullopt;
    if (numbers[i].size() > 1 && numbers[i][0] == '0') return std::nullopt;
    version.numbers[i] = *number;
  }
  return version;
}

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int order_identifiers(std::string_view a, std::string_view b) {
  const bool number_a = all_digits(a);
  const bool number_b = all_digits(b);
  if (number_a != number_b) return number_a ? -1 : 1;
  // Without leading zeros, more digits are the larger number.
  if (number_a && a.size() != b.size()) return order(a.size(), b.size());
  return order(a, b);
}

int order_pre_release(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return order(a.empty(), b.empty());
  const auto left = base::split(a, '.');
  const auto right = base::split(b, '.');
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (const int result = order_identifiers(left[i], right[i])) return result;
  }
  return order(left.size(), right.size());
}

BuiltinResult compare(Arguments arguments, CallContext&) {
  std::array<Version, 2> versions;
  for (size_t i = 0; i < 2; ++i) {
    const std::string_view text = TRY(text_argument(arguments, i));
    const auto version = parse(text);
    if (!version) {
      return failed("operand " + std::to_string(i + 1) + ": string " + std::string(text) +
                    " is not a valid SemVer");
    }
    versions[i] = *version;
  }
  if (const int result = order(versions[0].numbers, versions[1].numbers)) return Term(result);
  return Term(order_pre_release(versions[0].pre_release, versions[1].pre_release));
}

BuiltinResult is_valid(Arguments arguments, CallContext&) {
  const std::string* text = arguments[0].string();
  return Term(text != nullptr && parse(*text).has_value());
}

constexpr Builtin kBuiltins[] = {
    {"semver.compare", 2, compare},
    {"semver.is_valid", 1, is_valid},
};

}  // namespace

extern constinit const Family descriptor = {"semver", "semantic versions", kBuiltins};

}  // namespace bulkhead::policy::builtins::semver
