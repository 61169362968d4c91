// SPDX-License-Identifier: Apache-2.0
// Keeps pulled policies. Everything new is written beside what is in force; the link is renamed
// last.
#include "cli/policy_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxIdentityBytes = 1 << 20;
constexpr size_t kKept = 5;  // folders that stay on disk

// "<commit>" or "<commit>-<number>", as the folders are called.
std::string_view commit_of(std::string_view folder) { return folder.substr(0, folder.find('-')); }

bool is_folder(std::string_view name) {
  std::string_view commit = commit_of(name);
  if (commit.size() != 40 && commit.size() != 64) return false;
  if (commit.find_first_not_of("0123456789abcdef") != commit.npos) return false;
  std::string_view rest = name.substr(commit.size());
  return rest.empty() || base::to_number<uint32_t>(rest.substr(1));
}

// The folder for a commit that is not the one in force: a commit can come into force again, as
// another folder of its repository or with another signer.
std::string next_folder(const std::string& commit, std::string_view in_force) {
  if (commit_of(in_force) != commit) return commit;
  std::string_view rest = in_force.substr(commit.size());
  uint32_t number = rest.empty() ? 1 : base::to_number<uint32_t>(rest.substr(1)).value_or(1);
  return commit + "-" + std::to_string(number + 1);
}

// "" when there is no link.
base::Result<std::string> linked_folder(const std::string& directory) {
  std::array<char, 256> target{};
  std::string link = directory + "/current";
  ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  if (size < 0 && (errno == ENOENT || errno == EINVAL)) return std::string();
  if (size < 0) return base::errno_error("read", link);
  std::string_view text(target.data(), static_cast<size_t>(size));
  constexpr std::string_view kFolder = "commits/";
  if (!text.starts_with(kFolder) || !is_folder(text.substr(kFolder.size()))) {
    return base::Error(base::Code::kCorrupt, link + " does not lead to commits/<commit>");
  }
  return std::string(text.substr(kFolder.size()));
}

// files: digest of what was pulled, "" for a document that says nothing of it.
void write_identity(base::json::Writer& w, const model::PolicyIdentity& identity,
                    std::string_view files = "") {
  w.begin_object().member("source", identity.source).member("ref", identity.ref);
  w.member("commit", identity.commit).member("author", identity.author);
  w.member("time", identity.time).member("signature", identity.signature);
  w.member("signer", identity.signer).key("approvals").begin_array();
  for (const std::string& approval : identity.approvals) w.value(approval);
  w.end_array().member_if("files", files).end_object();
}

std::string identity_text(const model::PolicyIdentity& identity, std::string_view files = "") {
  base::json::Writer writer(2);
  write_identity(writer, identity, files);
  return writer.take() + "\n";
}

// Of a folder's files as a policy is read from it, names and bytes.
std::string digest_of(const decide::Files& files) {
  crypto::Hasher hasher(crypto::Algorithm::kSha256);
  for (const auto& [path, bytes] : files) {
    std::string line = path + '\0' + crypto::sha256_hex(base::as_bytes(bytes)) + '\n';
    hasher.update(base::as_bytes(line));
  }
  return "sha256:" + hasher.finish_hex();
}

// What stands in commits/<commit>.json.
struct KeptCommit {
  model::PolicyIdentity identity;
  std::string files;  // digest_of() what was pulled; "" when an older version pulled it
};

base::Result<KeptCommit> read_kept(const std::string& path) {
  std::string text = TRY(base::read_file(path, kMaxIdentityBytes));
  auto document = TRY_AT(path, base::json::Document::parse(text));
  base::json::Value root = document.root();
  auto member = [&](const char* name) { return std::string(root[name].string_or("")); };
  KeptCommit kept;
  kept.files = member("files");
  model::PolicyIdentity& out = kept.identity;
  out.source = member("source");
  out.ref = member("ref");
  out.commit = member("commit");
  out.author = member("author");
  out.time = member("time");
  out.signature = member("signature");
  out.signer = member("signer");
  root["approvals"].each([&](base::json::Value v) { out.approvals.emplace_back(v.string_or("")); });
  return kept;
}

// Whether a directory is one that a pull has made, maybe with parts of it missing by now.
bool is_store(const std::string& directory) {
  std::error_code error;
  if (fs::exists(directory + "/commits", error)) return true;
  auto linked = linked_folder(directory);
  bool begun = fs::exists(directory + "/status.json", error) &&
               fs::is_directory(directory + "/repository", error);
  return begun || (linked && !linked->empty());
}

// The folder and those above it that do not exist yet, innermost first.
std::vector<std::string> missing_folders(const std::string& directory) {
  std::vector<std::string> out;
  std::error_code error;
  fs::path path(directory);
  if (!path.has_filename()) path = path.parent_path();  // "policy/"
  while (!path.empty() && !fs::exists(path, error)) {
    out.push_back(path.string());
    path = path.parent_path();
  }
  return out;
}

// A folder without a link may be one in which no pull has gone well yet: that is no policy without
// files.
base::Status check_not_begun(const std::string& directory) {
  std::error_code error;
  bool status = fs::exists(directory + "/status.json", error);
  bool begun = status || fs::exists(directory + "/repository", error);
  if (!begun || !fs::is_directory(directory + "/commits", error)) return {};
  std::string why = "a pull has begun and not ended";
  auto text = base::read_file(directory + "/status.json", kMaxIdentityBytes);
  auto document =
      text ? base::json::Document::parse(*text) : base::Result<base::json::Document>(text.error());
  if (document) {
    why = "the pull of " + std::string(document->root()["at"].string_or("an unknown time")) +
          " failed: " + base::printable(document->root()["error"].string_or("unknown"), 1000);
  }
  return base::Error(base::Code::kNotFound, directory + ": no policy is in force here yet; " + why +
                                                ". bulkhead policy pull REPOSITORY --to " +
                                                directory + " brings one into force");
}

base::Status sync_directory(const std::string& path) {
  base::Fd directory = TRY(base::open_directory(path));
  return ::fsync(directory.get()) == 0 ? base::Status() : base::errno_error("sync", path);
}

}  // namespace

base::Result<PolicyStore> PolicyStore::open(const std::string& directory) {
  std::vector<std::string> made = missing_folders(directory);
  TRY(base::make_directories(directory));
  std::error_code error;
  bool known = is_store(directory);
  if (!known && !fs::is_empty(directory, error)) {
    return base::Error(base::Code::kInvalid, directory +
                                                 " holds something else; name a folder of its own "
                                                 "for the policy");
  }
  TRY(base::make_directories(directory + "/commits"));
  return PolicyStore(directory, std::move(made), !known);
}

base::Result<std::optional<PolicySource>> PolicyStore::read(const std::string& directory,
                                                            PolicyFiles which) {
  std::string linked = TRY(linked_folder(directory));
  if (linked.empty()) {
    TRY(check_not_begun(directory));
    return std::optional<PolicySource>();
  }
  std::string folder = directory + "/commits/" + linked;
  KeptCommit kept = TRY(read_kept(folder + ".json"));
  PolicySource out;
  out.files = TRY(read_policy_directory(folder));
  // What the identity says of a commit and its signature must hold for what is judged by.
  if (!kept.files.empty() && digest_of(out.files) != kept.files) {
    return base::Error(base::Code::kCorrupt,
                       folder +
                           ": changed since it was pulled; pull again: bulkhead policy pull "
                           "REPOSITORY --to " +
                           directory);
  }
  if (which == PolicyFiles::kEverything) out.files = TRY(read_policy_directory(folder, which));
  out.identity = std::move(kept.identity);
  return std::optional(std::move(out));
}

bool PolicyStore::abandon() const {
  auto commit = current();
  if (!fresh_ || !commit || !commit->empty()) return false;
  std::error_code error;
  for (const char* part : {"commits", "repository", "status.json"}) {
    fs::remove_all(directory_ + "/" + part, error);
  }
  for (const std::string& folder : made_) fs::remove(folder, error);  // only when it is empty
  return true;
}

base::Result<std::string> PolicyStore::current() const {
  return std::string(commit_of(TRY(linked_folder(directory_))));
}

bool PolicyStore::holds(const model::PolicyIdentity& identity) const {
  auto linked = linked_folder(directory_);
  if (!linked || linked->empty()) return false;
  std::string folder = directory_ + "/commits/" + *linked;
  auto kept = read_kept(folder + ".json");
  if (!kept || identity_text(kept->identity) != identity_text(identity)) return false;
  auto files = read_policy_directory(folder);
  return files && digest_of(*files) == kept->files;
}

base::Status PolicyStore::put(const PolicySource& source) const {
  const std::string& commit = source.identity.commit;
  if (!is_folder(commit)) return base::Error(base::Code::kInternal, "a policy without a commit");
  std::string name = next_folder(commit, TRY(linked_folder(directory_)));
  std::string folder = directory_ + "/commits/" + name;
  std::error_code error;
  fs::remove_all(folder, error);  // of a pull that was cut off: the link never led there
  for (const auto& [path, bytes] : source.files) {
    TRY(base::make_directories(folder + "/" + std::string(base::dirname(path))));
    TRY(base::write_file_atomic(folder + "/" + path, base::as_bytes(bytes)));
  }
  // As it will be read: of files that are no part of a policy nothing is said.
  std::string identity =
      identity_text(source.identity, digest_of(TRY(read_policy_directory(folder))));
  TRY(base::write_file_atomic(folder + ".json", base::as_bytes(identity)));
  TRY(sync_directory(directory_ + "/commits"));
  std::string fresh = directory_ + "/current.new";
  ::unlink(fresh.c_str());
  if (::symlink(("commits/" + name).c_str(), fresh.c_str()) != 0 ||
      ::rename(fresh.c_str(), (directory_ + "/current").c_str()) != 0) {
    return base::errno_error("put in force", directory_ + "/current");
  }
  TRY(sync_directory(directory_));
  prune(name);
  return {};
}

base::Status PolicyStore::write_status(const model::PolicyIdentity& in_force, base::UnixTime at,
                                       std::string_view error) const {
  base::json::Writer writer(2);
  writer.begin_object().member("at", base::format_time(at)).member("ok", error.empty());
  writer.member_if("error", error);
  write_identity(writer.key("inForce"), in_force);
  writer.end_object();
  std::string text = writer.take() + "\n";
  return base::write_file_atomic(directory_ + "/status.json", base::as_bytes(text));
}

// Old folders go, newest last; a reader that follows the link while it moves still finds its files.
void PolicyStore::prune(std::string_view keep) const {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, std::string>> commits;
  for (const auto& entry : fs::directory_iterator(directory_ + "/commits", error)) {
    std::string name = entry.path().filename();
    if (is_folder(name) && name != keep) commits.emplace_back(entry.last_write_time(error), name);
  }
  std::sort(commits.rbegin(), commits.rend());
  for (size_t i = kKept; i < commits.size(); ++i) {
    fs::remove_all(directory_ + "/commits/" + commits[i].second, error);
    fs::remove(directory_ + "/commits/" + commits[i].second + ".json", error);
  }
}

}  // namespace bulkhead::cli
