// SPDX-License-Identifier: Apache-2.0
// SPDX tag-value (SPDX 2.3, clause 4.4 and the "Tag:" lines of each field): "Tag: value" lines; a
// value in <text>...</text> may span lines. "PackageName:" opens a package, "FileName:" a file,
// "SnippetSPDXID:" a snippet, "LicenseID:" a licence; a tag belongs to what was opened last.
#include <map>
#include <optional>

#include "base/text.h"
#include "sbom/spdx.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kTextBegin = "<text>";
constexpr std::string_view kTextEnd = "</text>";

class TagReader {
 public:
  TagReader(std::string_view text, const base::Limits& limits) : rest_(text), limits_(limits) {}

  Result<SpdxModel> run() {
    std::string_view line;
    while (base::next_line(rest_, line)) {
      ++line_;
      std::string_view trimmed = base::trim(line);
      if (trimmed.empty() || trimmed.front() == '#') continue;
      auto parts = base::cut(trimmed, ":");
      if (!parts) return wrong("\"" + base::printable(trimmed, 60) + "\" is no \"Tag: value\"");
      std::string_view value = base::trim(parts->second);
      std::string joined;
      if (value.starts_with(kTextBegin)) {
        joined = TRY(text_value(value));
        value = joined;
      }
      TRY(take(base::trim(parts->first), value));
    }
    TRY(close_annotation());
    return std::move(out_);
  }

 private:
  Error wrong(const std::string& what) const {
    return Error(Code::kInvalid, "SPDX tag-value, line " + std::to_string(line_) + ": " + what);
  }

  // The value of <text>...</text>, which begins on this line and may end many lines later.
  Result<std::string> text_value(std::string_view first) {
    first.remove_prefix(kTextBegin.size());
    uint32_t begin = line_;
    std::string value;
    while (true) {
      if (size_t end = first.find(kTextEnd); end != std::string_view::npos) {
        value += first.substr(0, end);
        return std::string(base::trim(value));
      }
      value += first;
      value += '\n';
      if (!base::next_line(rest_, first)) {
        line_ = begin;
        return wrong("<text> is not closed");
      }
      ++line_;
    }
  }

  base::Status take(std::string_view tag, std::string_view value) {
    if (TRY(opens(tag, value))) return {};
    if (tag == "SPDXVersion") out_.version = value;
    if (tag == "DocumentNamespace") out_.name_space = value;
    if (tag == "DocumentName") out_.name = value;
    if (tag == "DataLicense") out_.data_license = value;
    if (tag == "Relationship") TRY(relation(value));
    if (tag == "AnnotationComment") annotation_ = value;
    if (tag == "SPDXREF") annotated_ = value;
    if (package_) package_field(tag, value);
    return {};
  }

  // Tags that begin something new.
  Result<bool> opens(std::string_view tag, std::string_view value) {
    bool annotator = tag == "Annotator";
    bool package = tag == "PackageName";
    bool other = tag == "FileName" || tag == "SnippetSPDXID" || tag == "LicenseID";
    if (!annotator && !package && !other) return false;
    TRY(close_annotation());
    if (annotator) return true;
    package_.reset();
    if (++entries_ > limits_.max_entries) return too_many();
    if (tag == "FileName") ++out_.files;
    if (tag == "SnippetSPDXID") ++out_.snippets;
    if (package) {
      package_ = out_.packages.size();
      out_.packages.emplace_back().name = value;
    }
    return true;
  }

  Error too_many() const {
    return Error(Code::kLimit, "SPDX: more than " + std::to_string(limits_.max_entries) +
                                   " packages, files and relationships");
  }

  void package_field(std::string_view tag, std::string_view value) {
    SpdxPackage& package = out_.packages[*package_];
    if (tag == "SPDXID") {
      package.id = value;
      by_id_.emplace(value, *package_);
    }
    if (tag == "PackageVersion") package.version = value;
    if (tag == "PackageSupplier") package.supplier = value;
    if (tag == "PackageDownloadLocation") package.download_location = value;
    if (tag == "PackageLicenseDeclared") package.licence_declared = value;
    if (tag == "PackageLicenseConcluded") package.licence_concluded = value;
    if (tag == "PrimaryPackagePurpose") package.purpose = value;
    if (tag == "PackageSourceInfo") package.source_info = value;
    if (tag == "PackageAttributionText") package.annotations.emplace_back(value);
    if (tag == "PackageChecksum") {
      if (auto parts = base::cut(value, ":")) {
        take_checksum(base::trim(parts->first), base::trim(parts->second), package);
      }
    }
    if (tag == "ExternalRef") {  // category type locator
      auto category = base::cut(value, " ");
      auto type = category ? base::cut(base::trim(category->second), " ") : std::nullopt;
      if (type) take_reference(type->first, base::trim(type->second), package);
    }
  }

  base::Status relation(std::string_view value) {
    auto from = base::cut(value, " ");
    auto type = from ? base::cut(base::trim(from->second), " ") : std::nullopt;
    if (!type) return wrong("a relationship is \"element TYPE element\"");
    if (++entries_ > limits_.max_entries) return too_many();
    out_.relations.push_back({std::string(from->first), std::string(type->first),
                              std::string(base::trim(type->second))});
    return {};
  }

  // An annotation names its subject by SPDXREF, which may stand before or after its comment.
  base::Status close_annotation() {
    if (annotation_.empty()) return {};
    auto package = by_id_.find(annotated_);
    auto& list =
        package != by_id_.end() ? out_.packages[package->second].annotations : out_.annotations;
    list.push_back(std::move(annotation_));
    annotation_.clear();
    annotated_.clear();
    return {};
  }

  std::string_view rest_;
  const base::Limits& limits_;
  SpdxModel out_;
  uint32_t line_ = 0;
  uint64_t entries_ = 0;
  std::optional<size_t> package_;  // the open one, an index into out_.packages
  std::map<std::string, size_t, std::less<>> by_id_;
  std::string annotation_;
  std::string annotated_;
};

}  // namespace

Result<SpdxModel> read_spdx_tag_value(std::string_view text, const base::Limits& limits) {
  return TagReader(text, limits).run();
}

}  // namespace bulkhead::sbom
