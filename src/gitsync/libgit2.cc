// SPDX-License-Identifier: Apache-2.0
// One table for the process, because libgit2's settings are global anyway.
#include "gitsync/libgit2.h"

#include "base/shared_library.h"
#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// Files of configuration are looked for nowhere.
Status set_up(const LibGit2& git) {
  if (git.git_libgit2_init() < 0) return git.error(Code::kUnsupported, "start libgit2");
  for (int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                    GIT_CONFIG_LEVEL_PROGRAMDATA}) {
    if (git.git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") != 0) {
      return git.error(Code::kInternal, "set up libgit2");
    }
  }
  bool good = git.git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1) == 0 &&
              git.git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) == 0;
  if (!good) return git.error(Code::kInternal, "set up libgit2");
  return {};
}

Result<LibGit2> load_libgit2() {
  auto library = TRY(base::SharedLibrary::open("libgit2.so.1.5", "libgit2-1.5"));
  LibGit2 git;
#define BULKHEAD_BIND(name) TRY(library.bind(#name, git.name));
  BULKHEAD_LIBGIT2_FUNCTIONS(BULKHEAD_BIND)
#undef BULKHEAD_BIND
  TRY(set_up(git));
  return git;
}

}  // namespace

Error LibGit2::error(Code code, std::string_view doing) const {
  const git_error* last = git_error_last();
  std::string message(doing);
  if (last != nullptr && last->message != nullptr) {
    message.append(": ").append(base::printable(last->message, 300));
  }
  return Error(code, std::move(message));
}

Result<const LibGit2*> libgit2() {
  static const Result<LibGit2> loaded = load_libgit2();
  if (!loaded) return loaded.error();
  return &*loaded;
}

}  // namespace bulkhead::gitsync
