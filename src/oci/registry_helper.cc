// SPDX-License-Identifier: Apache-2.0
// Runs a credential helper: the program's name comes from a file, so it is checked and found by
// PATH without a shell. The server's name goes in by stdin, JSON comes back on stdout.
#include "oci/registry_helper.h"

#include <algorithm>
#include <string>

#include "base/json.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kMaxServerBytes = 1024;
constexpr std::string_view kNotFoundMessage = "credentials not found in native keychain";

Result<Credentials> read_answer(std::string_view text, const std::string& program) {
  auto document = TRY_AT(program, base::json::Document::parse(text));
  auto root = document.root();
  Credentials out;
  out.username = root["Username"].string_or("");
  out.source = program;
  // "<token>" as the name marks the secret as an identity token.
  std::string secret(root["Secret"].string_or(""));
  if (out.username == "<token>") {
    out.username.clear();
    out.identity_token = std::move(secret);
  } else {
    out.password = std::move(secret);
  }
  return out;
}

}  // namespace

Result<Credentials> ask_credential_helper(std::string_view name, std::string_view server,
                                          uint32_t timeout_ms) {
  bool sound = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  });
  if (!sound) {
    return Error(Code::kInvalid, "'" + base::printable(name, 64) +
                                     "' is not accepted as the name of a credential helper");
  }
  if (server.size() > kMaxServerBytes) return Error(Code::kInvalid, "server name is too long");
  base::Program program;
  program.name = "docker-credential-" + std::string(name);
  program.arguments = {"get"};
  program.input = std::string(server) + "\n";
  program.timeout_ms = timeout_ms;
  auto ended = TRY(base::run_program(program));
  if (ended.well) return read_answer(ended.output, program.name);
  std::string_view message = base::trim(ended.output);
  if (message == kNotFoundMessage) return Credentials();
  return Error(Code::kDenied, program.name + " failed: " +
                                  (message.empty() ? "no message" : base::printable(message, 300)));
}

}  // namespace bulkhead::oci
