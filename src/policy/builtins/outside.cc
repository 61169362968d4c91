// SPDX-License-Identifier: Apache-2.0
// Builtins that would reach out of the document: network, environment, clock. A verdict must follow
// from its inputs, so the network is refused, the environment is empty, and the time is the one of
// the judgement.
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::outside {
namespace {

using base::Code;
using base::Error;

BuiltinResult http_send(Arguments, CallContext&) {
  return Error(Code::kDenied,
               "policies may not use the network; ship what is needed as data (data.json, lists/)");
}

BuiltinResult lookup_ip_addr(Arguments, CallContext&) {
  return Error(Code::kDenied,
               "policies may not ask name servers; ship addresses as data (data.json, lists/)");
}

BuiltinResult opa_runtime(Arguments, CallContext&) {
  Term::Object out;
  out.members.emplace_back("config", Term::Object{});
  out.members.emplace_back("env", Term::Object{});
  return Term(std::move(out));
}

BuiltinResult now_ns(Arguments, CallContext& context) {
  if (!context.now_ns) {
    return Error(Code::kDenied, "no time was given for this evaluation; use a time of the input");
  }
  return Term(*context.now_ns);
}

constexpr Builtin kBuiltins[] = {
    {"http.send", 1, http_send},
    {"net.lookup_ip_addr", 1, lookup_ip_addr},
    {"opa.runtime", 0, opa_runtime},
    {"time.now_ns", 0, now_ns},
};

}  // namespace

extern constinit const Family descriptor = {"outside", "network, environment and clock", kBuiltins};

}  // namespace bulkhead::policy::builtins::outside
