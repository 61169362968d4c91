// SPDX-License-Identifier: Apache-2.0
// The lists of a bundle that stand in for lists that ship, held against those: what has another
// shape would switch off the rules that read it without a word.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decide/bundle/shipped.h"
#include "policy/engine.h"

namespace bulkhead::decide {

// The name in "lists/<name>.yaml" and "lists/<name>.json", "" for everything else.
std::string_view list_name(std::string_view path);

// Holds each list among `data` that has the name of one that ships against that one. Everything
// wrong is added to mistakes, with file and line: a member that is missing (unless it is empty in
// the shipped list) or unknown, a value of another type, a regular expression that is none.
// `files` are those of the bundle, for the lines.
void check_lists(const Files& files, std::span<const policy::DataSource> data,
                 const policy::Limits& limits, std::vector<base::Error>& mistakes);

}  // namespace bulkhead::decide
