// SPDX-License-Identifier: Apache-2.0
// Trivy's own functions. result.new copies the place of a cause into the result: of Dockerfile
// commands from StartLine, EndLine and Path, of resources from __defsec_metadata.
#include "decide/foreign/trivy_builtins.h"

#include <array>

#include "base/text.h"
#include "policy/cidr.h"
#include "posture/shell_words.h"

namespace bulkhead::decide {
namespace {

using policy::Arguments;
using policy::BuiltinResult;
using policy::CallContext;
using policy::Term;

constexpr unsigned kMaxParents = 32;

Term result_of(const Term* message, const Term& cause, unsigned depth) {
  struct Member {
    std::string_view name;
    Term value;
    std::array<std::string_view, 2> from;  // members of the cause, the later one wins
  };
  std::array<Member, 8> members = {{
      {"startline", 0, {"startline", "StartLine"}},
      {"endline", 0, {"endline", "EndLine"}},
      {"sourceprefix", "", {"sourceprefix", ""}},
      {"filepath", "", {"filepath", "Path"}},
      {"explicit", false, {"explicit", ""}},
      {"managed", true, {"managed", ""}},
      {"fskey", "", {"fskey", ""}},
      {"resource", "", {"resource", ""}},
  }};
  const Term* described = cause.member("__defsec_metadata");
  const Term& source = described == nullptr ? cause : *described;
  Term::Object out;
  for (Member& member : members) {
    for (std::string_view name : member.from) {
      const Term* found = name.empty() ? nullptr : source.member(name);
      if (found != nullptr) member.value = *found;
    }
    out.members.emplace_back(Term(member.name), std::move(member.value));
  }
  const Term* parent = source.member("parent");
  bool nested = parent != nullptr && depth < kMaxParents;
  out.members.emplace_back(Term("parent"),
                           nested ? result_of(nullptr, *parent, depth + 1) : Term(Term::Null()));
  if (message != nullptr) out.members.emplace_back(Term("msg"), *message);
  return out;
}

BuiltinResult result_new(Arguments arguments, CallContext&) {
  TRY(policy::text_argument(arguments, 0));
  return result_of(&arguments[0], arguments[1], 0);
}

BuiltinResult is_managed(Arguments arguments, CallContext&) {
  Term result = result_of(nullptr, arguments[0], 0);
  return *result.member("managed");
}

BuiltinResult parse_commands(Arguments arguments, CallContext&) {
  std::string_view script = TRY(policy::text_argument(arguments, 0));
  base::Limits limits;
  limits.max_entries = 20'000;
  auto commands = posture::split_shell(script, limits);
  if (!commands) return policy::failed(commands.error().message());
  Term::Array out;
  for (const posture::ShellCommand& command : *commands) {
    if (command.words.empty() || command.declares) continue;
    Term::Array words;
    for (const posture::ShellWord& word : command.words) words.items.emplace_back(word.written);
    out.items.emplace_back(std::move(words));
  }
  return Term(std::move(out));
}

bool is_everything(std::string_view text) {
  return text == "*" || base::equals_ignore_case(text, "internet") ||
         base::equals_ignore_case(text, "any");
}

bool is_private(const policy::Address& address) {
  static constexpr auto kBlocks = std::to_array<std::string_view>(
      {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128",
       "fe80::/10", "fc00::/7", "100.64.0.0/10"});
  for (std::string_view block : kBlocks) {
    auto network = policy::parse_network(block);
    if (network && network->contains(address)) return true;
  }
  return false;
}

bool is_public_range(std::string_view from, std::string_view to) {
  auto first = policy::parse_address(base::trim(from));
  auto last = policy::parse_address(base::trim(to));
  return first && last && !(is_private(*first) && is_private(*last));
}

BuiltinResult is_public(Arguments arguments, CallContext&) {
  std::string_view text = TRY(policy::text_argument(arguments, 0));
  if (is_everything(text)) return Term(true);
  if (auto range = base::cut(text, "-")) return Term(is_public_range(range->first, range->second));
  auto parts = base::cut(text, "/");
  auto address = policy::parse_address(parts ? parts->first : text);
  if (!parts) return Term(address && !is_private(*address));
  auto network = policy::parse_network(text);
  if (!network || !address) return Term(false);
  return Term(!is_private(*address) || !is_private(network->last()));
}

BuiltinResult count_addresses(Arguments arguments, CallContext&) {
  std::string_view text = TRY(policy::text_argument(arguments, 0));
  const Term most = Term::Number{"18446744073709551615"};
  if (is_everything(text)) return most;
  if (text.find('/') == text.npos) return Term(policy::parse_address(text) ? 1 : 0);
  auto network = policy::parse_network(text);
  if (!network) return Term(0);
  unsigned bits = (network->v4 ? 32u : 128u) - network->prefix;
  if (bits >= 63) return most;
  return Term(int64_t{1} << bits);
}

constexpr policy::Builtin kBuiltins[] = {
    {"result.new", 2, result_new},
    {"isManaged", 1, is_managed},
    {"sh.parse_commands", 1, parse_commands},
    {"cidr.is_public", 1, is_public},
    {"cidr.count_addresses", 1, count_addresses},
};

}  // namespace

std::span<const policy::Builtin> trivy_builtins() { return kBuiltins; }

}  // namespace bulkhead::decide
