// SPDX-License-Identifier: Apache-2.0
// What entries of the cache are made of: 8 bytes of magic, the SHA-256 of the rest, and the rest:
// 64-bit little-endian numbers, strings with their length in front, lists with their count in
// front. What is taken from bytes is kCorrupt when it is malformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/result.h"

namespace bulkhead::scan {

// An entry without content; what is appended stands at a multiple of 8.
std::string begin_entry(std::string_view magic);
void seal_entry(std::string& entry);
// What follows the checksum; nullopt when the entry is another kind's or damaged.
std::optional<base::ByteView> entry_body(std::string_view magic, base::ByteView entry);

void put_number(std::string& out, uint64_t number);
void put_string(std::string& out, std::string_view text);
void put_strings(std::string& out, const std::vector<std::string>& list);
void put_diagnostics(std::string& out, const base::Diagnostics& diagnostics);

base::Error malformed();
base::Result<uint64_t> take_number(base::ByteReader& in);
base::Result<std::string> take_string(base::ByteReader& in);
base::Result<std::vector<std::string>> take_strings(base::ByteReader& in);
base::Status take_diagnostics(base::ByteReader& in, base::Diagnostics& out);

// A digest ("sha256:abc") as part of an entry's name.
std::string name_part(std::string_view digest);

}  // namespace bulkhead::scan
