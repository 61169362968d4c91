// SPDX-License-Identifier: Apache-2.0
// WWW-Authenticate: the challenges of a 401 response (RFC 9110 section 11.6.1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/headers.h"

namespace bulkhead::net {

struct Challenge {
  std::string scheme;                             // lower case: "bearer", "basic"
  std::string token68;                            // "Negotiate <token68>"; usually empty
  std::map<std::string, std::string> parameters;  // names in lower case, the first of a name counts

  std::string_view parameter(std::string_view name) const;
};

// The challenges of one field value, in order. Reading stops at the first thing that breaks the
// grammar; what stands before it is kept. At most kMaxChallenges with kMaxParameters each.
inline constexpr size_t kMaxChallenges = 16;
inline constexpr size_t kMaxParameters = 32;
std::vector<Challenge> parse_challenges(std::string_view field);
// Those of all WWW-Authenticate fields of a response.
std::vector<Challenge> challenges_of(const Headers& headers);

}  // namespace bulkhead::net
