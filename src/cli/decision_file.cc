// SPDX-License-Identifier: Apache-2.0
// Writes and reads kept decisions.
#include "cli/decision_file.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/verdict_json.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxDecisionsBytes = 512ull << 20;
constexpr std::string_view kHead = "{\"id\":\"sha256:";
constexpr size_t kHexDigits = 64;

struct CloseDecisions {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

base::Result<DecisionFile> DecisionFile::open(const std::string& directory) {
  TRY(base::make_directories(directory));
  DecisionFile out;
  out.directory_ = directory;
  out.file_ = TRY(base::NewFile::create(directory + "/.new-", "a decision in " + directory));
  return out;
}

base::Status DecisionFile::write(const model::Verdict& verdict, std::string_view document) const {
  base::json::Writer writer(0);
  writer.begin_object().member("id", verdict.id);
  model::write_verdict(writer.key("verdict"), verdict);
  writer.key("input").raw(document).end_object();
  return base::write_all(file_.fd(), base::as_bytes(writer.take() + "\n"));
}

base::Status DecisionFile::commit() {
  std::string head(kHead.size() + kHexDigits, '\0');
  ssize_t got = ::pread(file_.fd().get(), head.data(), head.size(), 0);
  if (got == 0) return {};
  std::string_view hex = std::string_view(head).substr(kHead.size());
  bool named = static_cast<size_t>(std::max<ssize_t>(got, 0)) == head.size() &&
               head.starts_with(kHead) && hex.find_first_not_of("0123456789abcdef") == hex.npos;
  if (!named) return base::Error(base::Code::kInternal, "the decision was not written whole");
  std::string target = directory_ + "/" + std::string(hex) + ".json";
  if (::fsync(file_.fd().get()) != 0) return base::errno_error("keep the decision", target);
  return file_.commit(target).context("keep the decision");
}

base::Result<DecisionText> read_decision(const std::string& path) {
  return DecisionText{path, TRY(base::read_file(path, kMaxDecisionsBytes))};
}

base::Result<KeptDecision> parse_decision(const DecisionText& kept) {
  const auto& [path, text] = kept;
  KeptDecision out;
  out.path = path;
  base::json::Document::Options options;
  options.limits.max_bytes = kMaxDecisionsBytes;
  options.limits.max_entries = 50'000'000;
  options.limits.max_depth = 256;
  auto document = TRY_AT(path, base::json::Document::parse(text, options));
  out.verdict = TRY_AT(path, model::read_verdict(document.root()["verdict"]));
  // The document is digested as it was written, so it is cut out rather than written again. Within
  // a string the quotes would be escaped, and a verdict has no member of this name.
  constexpr std::string_view kInput = ",\"input\":";
  size_t at = text.find(kInput);
  std::string_view rest = base::trim(text);
  if (at != std::string::npos && rest.ends_with("}")) {
    rest.remove_suffix(1);
    out.input = rest.substr(at + kInput.size());
  }
  if (crypto::sha256_digest(base::as_bytes(out.input)) == out.verdict.input_digest) return out;
  return base::Error(base::Code::kCorrupt,
                     path + ": the input is not the one that was judged (its digest differs)");
}

base::Result<std::vector<std::string>> decision_files(const std::string& directory) {
  std::unique_ptr<DIR, CloseDecisions> stream(::opendir(directory.c_str()));
  if (!stream) return base::errno_error("open", directory);
  std::vector<std::string> out;
  while (dirent* entry = ::readdir(stream.get())) {
    std::string_view name = entry->d_name;
    if (!name.starts_with(".") && name.ends_with(".json")) {
      out.push_back(directory + "/" + std::string(name));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace bulkhead::cli
