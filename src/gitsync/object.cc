// SPDX-License-Identifier: Apache-2.0
// Objects are header lines, an empty line, and a message; trees are binary. A signature is a header
// of the commit ("gpgsig", whatever its kind) and what is signed is the commit without it; a tag
// carries its signature at the end of its message (gitformat-signature(5)).
#include "gitsync/object.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr size_t kMaxParents = 64;
constexpr size_t kMaxClaims = 100;

Error broken(std::string_view what) { return Error(Code::kInvalid, std::string(what)); }

// The lines of a header, each with its continuation lines.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  struct Field {
    std::string_view name;
    std::string_view value;  // of the first line
    std::string_view whole;  // all lines, with their line feeds
    bool is_one_line() const { return whole.size() == name.size() + value.size() + 2; }
  };
  // nullopt at the empty line that ends the header; an error when there is none.
  Result<std::optional<Field>> next() {
    if (rest_.starts_with('\n')) {
      rest_.remove_prefix(1);
      return std::optional<Field>();
    }
    std::string_view start = rest_;
    std::string_view line = TRY(take_line());
    auto parts = base::cut(line, " ");
    if (!parts || parts->first.empty()) return broken("a malformed header line");
    while (rest_.starts_with(' ')) (void)TRY(take_line());
    return std::optional<Field>(
        {parts->first, parts->second, start.substr(0, start.size() - rest_.size())});
  }
  Result<std::string_view> expect(std::string_view name) {
    auto field = TRY(next());
    if (!field || field->name != name || !field->is_one_line()) {
      return broken("\"" + std::string(name) + "\" is not where it belongs");
    }
    return field->value;
  }
  std::string_view rest() const { return rest_; }

 private:
  Result<std::string_view> take_line() {
    auto end = rest_.find('\n');
    if (end == std::string_view::npos) return broken("header without an end");
    std::string_view line = rest_.substr(0, end);
    if (line.find('\0') != std::string_view::npos) return broken("header with a NUL");
    rest_.remove_prefix(end + 1);
    return line;
  }
  std::string_view rest_;
};

// "Name <email> seconds +0100"
Result<Person> parse_person(std::string_view text) {
  auto open = text.find('<');
  auto close = text.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return broken("a malformed author or committer");
  }
  std::string_view rest = text.substr(close + 1);
  if (text.find('<', open + 1) != std::string_view::npos ||
      rest.find('>') != std::string_view::npos) {
    return broken("a malformed author or committer");
  }
  auto stamp = base::cut(base::trim(rest), " ");
  auto time = base::to_number<int64_t>(stamp ? stamp->first : std::string_view());
  // Up to the year 9999.
  if (!time || *time < 0 || *time > 253402300799) return broken("a malformed time");
  return Person{base::printable(base::trim(text.substr(0, open)), 256),
                base::printable(base::trim(text.substr(open + 1, close - open - 1)), 256), *time};
}

Result<std::string> object_id(std::string_view text) {
  if (!is_object_id(text)) return broken("a malformed object id");
  return std::string(text);
}

// The value of a field of several lines, without the space that begins the further ones.
std::string unfold(const HeaderReader::Field& field) {
  std::string out;
  std::string_view rest = field.whole.substr(field.name.size() + 1);
  std::string_view line;
  while (base::next_line(rest, line)) {
    if (!out.empty() && line.starts_with(' ')) line.remove_prefix(1);
    out.append(line).push_back('\n');
  }
  return out;
}

std::optional<TreeEntry::Kind> kind_of_mode(std::string_view mode) {
  if (mode == "100644" || mode == "100755" || mode == "100664") return TreeEntry::Kind::kFile;
  if (mode == "40000") return TreeEntry::Kind::kDirectory;
  if (mode == "120000") return TreeEntry::Kind::kSymlink;
  if (mode == "160000") return TreeEntry::Kind::kSubmodule;
  return std::nullopt;
}

// Git sorts by name, where a directory's ends in '/'.
bool comes_before(const TreeEntry& a, const TreeEntry& b) {
  auto key = [](const TreeEntry& entry) {
    return entry.kind == TreeEntry::Kind::kDirectory ? entry.name + "/" : entry.name;
  };
  return key(a) < key(b);
}

// Where a signature begins that stands at the end of a message: at the start of a line.
size_t signature_start(std::string_view text) {
  size_t found = std::string_view::npos;
  for (std::string_view begin : {"-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----",
                                 "-----BEGIN PGP MESSAGE-----", "-----BEGIN SIGNED MESSAGE-----"}) {
    for (size_t at = text.find(begin); at != std::string_view::npos;
         at = text.find(begin, at + 1)) {
      if (at == 0 || text[at - 1] == '\n') {
        found = std::min(found, at);
        break;
      }
    }
  }
  return found;
}

}  // namespace

Result<CommitObject> parse_commit(std::string_view bytes) {
  HeaderReader header(bytes);
  CommitObject out;
  out.tree = TRY(object_id(TRY(header.expect("tree"))));
  auto field = TRY(header.next());
  for (; field && field->name == "parent"; field = TRY(header.next())) {
    if (!field->is_one_line()) return broken("a parent of two lines");
    if (out.parents.size() == kMaxParents) return broken("a commit with too many parents");
    out.parents.push_back(TRY(object_id(field->value)));
  }
  if (!field || field->name != "author" || !field->is_one_line())
    return broken("\"author\" is not where it belongs");
  out.author = TRY(parse_person(field->value));
  out.committer = TRY(parse_person(TRY(header.expect("committer"))));
  size_t copied = 0;  // of bytes, to the payload
  while ((field = TRY(header.next()))) {
    for (std::string_view once : {"tree", "parent", "author", "committer"}) {
      if (field->name == once) return broken("\"" + std::string(once) + "\" is there twice");
    }
    if (!field->name.starts_with("gpgsig")) continue;
    auto start = static_cast<size_t>(field->whole.data() - bytes.data());
    out.payload.append(bytes.substr(copied, start - copied));
    copied = start + field->whole.size();
    if (field->name != "gpgsig") continue;  // "gpgsig-sha256": the other hash's, never part of it
    if (!out.signature.empty()) return broken("a commit with two signatures");
    out.signature = unfold(*field);
  }
  out.payload.append(bytes.substr(copied));
  out.message = header.rest();
  return out;
}

Result<TagObject> parse_tag(std::string_view bytes) {
  HeaderReader header(bytes);
  TagObject out;
  out.target = TRY(object_id(TRY(header.expect("object"))));
  out.target_type = TRY(header.expect("type"));
  out.name = TRY(header.expect("tag"));
  while (auto field = TRY(header.next())) {
    if (field->name == "tagger" && !out.time && field->is_one_line()) {
      out.time = TRY(parse_person(field->value)).time;
      continue;
    }
    for (std::string_view once : {"object", "type", "tag", "tagger"}) {
      if (field->name == once) return broken("\"" + std::string(once) + "\" is there twice");
    }
  }
  size_t start = signature_start(header.rest());
  size_t message = bytes.size() - header.rest().size();
  if (start == std::string_view::npos) {
    out.payload = bytes;
    return out;
  }
  out.payload = bytes.substr(0, message + start);
  out.signature = header.rest().substr(start);
  return out;
}

Result<std::vector<TreeEntry>> parse_tree(std::string_view bytes, uint64_t max_entries) {
  constexpr size_t kIdBytes = 20;
  std::vector<TreeEntry> out;
  while (!bytes.empty()) {
    if (out.size() >= max_entries) return Error(Code::kLimit, "a directory with too many entries");
    size_t space = bytes.substr(0, 8).find(' ');
    size_t nul = bytes.find('\0');
    if (space == std::string_view::npos || nul == std::string_view::npos || nul <= space + 1 ||
        bytes.size() - nul - 1 < kIdBytes) {
      return broken("a malformed directory");
    }
    auto kind = kind_of_mode(bytes.substr(0, space));
    if (!kind) {
      return broken("a directory entry of mode " + base::printable(bytes.substr(0, space), 16));
    }
    TreeEntry entry;
    entry.kind = *kind;
    entry.name = bytes.substr(space + 1, nul - space - 1);
    if (entry.name.find('/') != std::string::npos) return broken("a directory entry with a slash");
    entry.id = base::to_hex(base::as_bytes(bytes.substr(nul + 1, kIdBytes)));
    if (!out.empty() && !comes_before(out.back(), entry)) {
      return broken("a directory that is not sorted or has an entry twice");
    }
    out.push_back(std::move(entry));
    bytes.remove_prefix(nul + 1 + kIdBytes);
  }
  return out;
}

std::vector<Claim> parse_claims(std::string_view message) {
  while (!message.empty() && base::is_space(message.back())) message.remove_suffix(1);
  auto paragraph = message.rfind("\n\n");
  if (paragraph == std::string_view::npos) return {};  // the subject alone
  std::string_view rest = message.substr(paragraph + 2);
  std::vector<Claim> out;
  std::string_view line;
  while (base::next_line(rest, line) && out.size() < kMaxClaims) {
    auto parts = base::cut(line, ":");
    if (!parts) continue;
    for (std::string_view key :
         {"Reviewed-by", "Approved-by", "Acked-by", "Tested-by", "Signed-off-by"}) {
      if (!base::equals_ignore_case(parts->first, key)) continue;
      out.push_back({std::string(key), base::printable(base::trim(parts->second), 256)});
    }
  }
  return out;
}

}  // namespace bulkhead::gitsync
