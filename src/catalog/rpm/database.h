// SPDX-License-Identifier: Apache-2.0
// The three files rpm has kept its headers in: SQLite (rpm 4.16 on), NDB (SUSE), Berkeley DB hash
// (before). Read by ourselves, from memory, with every offset checked: a scanner of hostile input
// does not hand database files to libraries that trust them.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::catalog::rpm {

// Receives one header blob; the view is valid during the call.
using OnHeader = std::function<void(base::ByteView blob)>;

// Calls on_header for every package record. kCorrupt when the structure breaks; headers found until
// then have been handed out.
// `log` is what stands in SQLite's write-ahead log beside the file, empty when there is none.
base::Status read_sqlite(base::ByteView file, base::ByteView log, const OnHeader& on_header);
base::Status read_ndb(base::ByteView file, const OnHeader& on_header);
base::Status read_bdb(base::ByteView file, const OnHeader& on_header);

// Chooses by the file's magic; kUnsupported when it is none of the three.
base::Status read_database(base::ByteView file, base::ByteView log, const OnHeader& on_header);

}  // namespace bulkhead::catalog::rpm
