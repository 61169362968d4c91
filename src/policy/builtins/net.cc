// SPDX-License-Identifier: Apache-2.0
// net.cidr_*.
#include <algorithm>

#include "policy/builtin.h"
#include "policy/cidr.h"

namespace bulkhead::policy::builtins::net {
namespace {

using base::Code;
using base::Error;

constexpr uint64_t kMaxExpanded = 1u << 17;  // addresses of one net.cidr_expand
constexpr uint64_t kMaxPairs = 10'000'000;   // comparisons of one net.cidr_contains_matches

base::Result<Network> network_argument(Arguments arguments, size_t index) {
  const std::string_view text = TRY(text_argument(arguments, index));
  const auto network = parse_network(text);
  if (!network) return failed("invalid CIDR address: " + std::string(text));
  return *network;
}

base::Result<bool> text_contains(const Network& outer, std::string_view inner) {
  if (const auto address = parse_address(inner)) return outer.contains(*address);
  const auto network = parse_network(inner);
  if (!network) {
    return failed("not a valid textual representation of an IP address or CIDR: " +
                  std::string(inner));
  }
  const bool plain_v6 = !outer.v4 && !outer.address.is_v4() && !network->v4;
  if (plain_v6 && !network->address.is_v4()) {
    Network cut = *network;
    cut.prefix = outer.prefix;
    return outer.prefix <= network->prefix && cut.first() == outer.address;
  }
  return outer.contains(network->first()) && outer.contains(network->last());
}

BuiltinResult contains(Arguments arguments, CallContext&) {
  const Network outer = TRY(network_argument(arguments, 0));
  return Term(TRY(text_contains(outer, TRY(text_argument(arguments, 1)))));
}

BuiltinResult intersects(Arguments arguments, CallContext&) {
  const Network a = TRY(network_argument(arguments, 0));
  const Network b = TRY(network_argument(arguments, 1));
  return Term(a.contains(b.address) || b.contains(a.address));
}

BuiltinResult is_valid(Arguments arguments, CallContext&) {
  const std::string* text = arguments[0].string();
  return Term(text != nullptr && parse_network(*text).has_value());
}

BuiltinResult expand(Arguments arguments, CallContext&) {
  const Network network = TRY(network_argument(arguments, 0));
  const Uint128 count = network.last().value - network.first().value;
  if (count >= kMaxExpanded) {
    return Error(Code::kLimit, "the network has more than " + std::to_string(kMaxExpanded) +
                                   " addresses; test membership with net.cidr_contains");
  }
  Term::Set out;
  for (Uint128 i = 0; i <= count; ++i) {
    out.items.emplace_back(to_string(Address{network.first().value + i}));
  }
  return Term(std::move(out));
}

// One side of contains_matches: the texts with what stands for them in the result.
struct Labelled {
  std::string_view text;
  Term label;
};

base::Result<std::string_view> text_of(const Term& element, size_t operand) {
  if (element.string()) return std::string_view(*element.string());
  const auto* items = element.array();
  if (!items || items->empty() || !items->front().string()) {
    return failed("operand " + std::to_string(operand) +
                  ": element must be string or non-empty array");
  }
  return std::string_view(*items->front().string());
}

base::Result<std::vector<Labelled>> labelled(Arguments arguments, size_t index) {
  std::vector<Labelled> out;
  const Term& term = arguments[index];
  if (term.string()) {
    out.push_back({*term.string(), term});
  } else if (const auto* items = term.array()) {
    for (size_t i = 0; i < items->size(); ++i) {
      out.push_back({TRY(text_of((*items)[i], index + 1)), Term(static_cast<int64_t>(i))});
    }
  } else if (const auto* elements = term.set()) {
    for (const Term& element : *elements) {
      out.push_back({TRY(text_of(element, index + 1)), element});
    }
  } else if (const auto* members = term.object()) {
    for (const auto& [key, value] : *members) {
      out.push_back({TRY(text_of(value, index + 1)), key});
    }
  }
  return out;
}

BuiltinResult contains_matches(Arguments arguments, CallContext&) {
  const auto outer = TRY(labelled(arguments, 0));
  const auto inner = TRY(labelled(arguments, 1));
  if (outer.size() * inner.size() > kMaxPairs) {
    return Error(Code::kLimit, "more than " + std::to_string(kMaxPairs) + " pairs to compare");
  }
  Term::Set out;
  for (const Labelled& a : outer) {
    const auto network = parse_network(a.text);
    if (!network && !inner.empty()) {
      return failed("invalid CIDR address: " + std::string(a.text));
    }
    for (const Labelled& b : inner) {
      if (TRY(text_contains(*network, b.text))) {
        out.items.emplace_back(Term::Array{{a.label, b.label}});
      }
    }
  }
  return Term(std::move(out));
}

base::Result<Network> merge_element(const Term& element) {
  if (!element.string()) return failed("element must be string");
  if (const auto address = parse_address(*element.string())) {
    if (!address->is_v4()) return failed("IPv6 invalid: needs prefix length");
    return default_network(*address);
  }
  const auto network = parse_network(*element.string());
  if (!network) return failed("invalid CIDR address: " + *element.string());
  return *network;
}

// The fewest networks that hold exactly the addresses from first to last.
void add_range(Uint128 first, Uint128 last, bool v4, Term::Set& out) {
  const unsigned width = v4 ? 32 : 128;
  while (true) {
    unsigned host = 0;
    while (host < width) {
      const Uint128 size = host + 1 >= 128 ? 0 : Uint128{1} << (host + 1);
      const Uint128 end = first + (size - 1);
      if ((first & (size - 1)) != 0 || end > last || end < first) break;
      ++host;
    }
    Network network{Address{first}, width - host, v4};
    out.items.emplace_back(to_string(network));
    if (network.last().value >= last) return;
    first = network.last().value + 1;
  }
}

BuiltinResult merge(Arguments arguments, CallContext&) {
  const auto* items = arguments[0].collection();
  if (!items) return failed("operand must be an array");
  struct Range {
    Uint128 first, last;
    bool v4;
    std::optional<Network> whole;  // while not merged with another
  };
  std::vector<Range> ranges;
  for (const Term& item : *items) {
    const Network network = TRY(merge_element(item));
    const bool v4 = network.v4 || network.address.is_v4();
    ranges.push_back({network.first().value, network.last().value, v4, network});
  }
  std::ranges::sort(ranges, [](const Range& a, const Range& b) {
    return a.last != b.last ? a.last < b.last : a.first < b.first;
  });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    Range next = range;
    while (!merged.empty() && merged.back().v4 == next.v4 &&
           (next.first == 0 ? 0 : next.first - 1) <= merged.back().last) {
      next = {std::min(next.first, merged.back().first), next.last, next.v4, std::nullopt};
      merged.pop_back();
    }
    merged.push_back(next);
  }
  Term::Set out;
  for (const Range& range : merged) {
    if (range.whole) {
      out.items.emplace_back(to_string(*range.whole));
    } else {
      add_range(range.first, range.last, range.v4, out);
    }
  }
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {
    {"net.cidr_contains", 2, contains},     {"net.cidr_overlap", 2, contains},
    {"net.cidr_intersects", 2, intersects}, {"net.cidr_is_valid", 1, is_valid},
    {"net.cidr_expand", 1, expand},         {"net.cidr_contains_matches", 2, contains_matches},
    {"net.cidr_merge", 1, merge},
};

}  // namespace

extern constinit const Family descriptor = {"net", "networks and addresses", kBuiltins};

}  // namespace bulkhead::policy::builtins::net
