// SPDX-License-Identifier: Apache-2.0
// bulkhead policy fmt: brings Rego files into one form.
#include <sys/stat.h>

#include <map>

#include "base/fs.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "policy/rego/format.h"

namespace bulkhead::cli::commands::policy_fmt {
namespace {

constexpr std::array kFlags = {
    Flag{"check", 0, "", "change nothing; exit 2 and name the files that would change"},
    Flag{"stdout", 0, "", "print what the one file would become"},
};

constexpr uint64_t kMaxFileBytes = 4 << 20;

// Path -> text of every Rego file named or found in a directory.
base::Result<std::map<std::string, std::string>> read_modules(
    const std::vector<std::string>& names) {
  std::map<std::string, std::string> out;
  for (const std::string& name : names) {
    struct stat info{};
    if (::stat(name.c_str(), &info) != 0) return base::errno_error("open", name);
    if (!S_ISDIR(info.st_mode)) {
      out[name] = TRY(base::read_file(name, kMaxFileBytes));
      continue;
    }
    decide::Files files = TRY(read_policy_directory(name));
    // Content of other programs stays as it was brought.
    auto packs = decide::read_own_packs(files);
    if (!packs) packs = decide::OwnPacks();
    for (auto& [path, text] : files) {
      bool foreign = decide::lies_below(packs->foreign_folders, path);
      if (path.ends_with(".rego") && !foreign) out[name + "/" + path] = std::move(text);
    }
  }
  return out;
}

base::Result<int> format_all(const Invocation& invocation) {
  std::vector<std::string> names = invocation.arguments();
  if (names.empty()) names = {"."};
  auto modules = TRY(read_modules(names));
  if (invocation.has("stdout") && modules.size() != 1) {
    return base::Error(base::Code::kInvalid, "--stdout takes one file");
  }
  int code = kClean;
  for (const auto& [path, text] : modules) {
    auto formatted = policy::rego::format(path, text);
    if (!formatted) {
      code = fail(formatted.error());
    } else if (invocation.has("stdout")) {
      TRY(print(*formatted));
    } else if (*formatted != text) {
      TRY(print(path + "\n"));
      if (invocation.has("check")) {
        code = code == kClean ? kPolicy : code;
      } else {
        struct stat info{};
        mode_t mode = ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0644;
        TRY(base::write_file_atomic(path, base::as_bytes(*formatted), mode));
      }
    }
  }
  return code;
}

int run(const Invocation& invocation) {
  auto code = format_all(invocation);
  return code ? *code : fail(code.error());
}

}  // namespace

extern constinit const Command descriptor = {
    "policy fmt",
    "bring Rego files into one form",
    "[PATH]...",
    "Tabs by bracket, one space where tokens need one, at most one blank line; lines stay as they\n"
    "are. Prints the names of the files that changed.\n"
    "  bulkhead policy fmt policies\n"
    "  bulkhead policy fmt --check policies",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_fmt
