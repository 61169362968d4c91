// SPDX-License-Identifier: Apache-2.0
// Core metadata is written as RFC 822 headers: names in any case, values folded over lines that
// begin with white space, some headers repeated. The description follows behind an empty line.
#include "catalog/python/metadata.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/python/names.h"

namespace bulkhead::catalog::python {
namespace {

using base::equals_ignore_case;

// Some projects paste the whole text of their licence; that is no name of a licence.
constexpr size_t kMaxLicenceName = 120;

struct Headers {
  std::string licence_expression;
  std::string licence;
  std::vector<std::string> classifiers;
  std::string author;
  std::string author_email;
  std::string maintainer;
  std::string maintainer_email;
};

bool says_nothing(std::string_view value) {
  return value.empty() || equals_ignore_case(value, "UNKNOWN") || equals_ignore_case(value, "None");
}

void take_header(std::string_view key, std::string_view value, uint32_t line, Headers& headers,
                 Metadata& out) {
  auto set = [&](std::string& field) {
    if (!field.empty() || says_nothing(value)) return;
    field = base::to_utf8(value);
    // Folding means nothing, except that a licence of several lines is the text and not the name.
    if (&field != &headers.licence) std::replace(field.begin(), field.end(), '\n', ' ');
  };
  if (equals_ignore_case(key, "Name")) {
    set(out.name);
  } else if (equals_ignore_case(key, "Version")) {
    set(out.version);
  } else if (equals_ignore_case(key, "License-Expression")) {
    set(headers.licence_expression);
  } else if (equals_ignore_case(key, "License")) {
    set(headers.licence);
  } else if (equals_ignore_case(key, "Classifier")) {
    if (value.starts_with("License ::")) headers.classifiers.emplace_back(value);
  } else if (equals_ignore_case(key, "Author")) {
    set(headers.author);
  } else if (equals_ignore_case(key, "Author-email")) {
    set(headers.author_email);
  } else if (equals_ignore_case(key, "Maintainer")) {
    set(headers.maintainer);
  } else if (equals_ignore_case(key, "Maintainer-email")) {
    set(headers.maintainer_email);
  } else if (equals_ignore_case(key, "Requires-Dist")) {
    out.requires_dist.push_back({base::to_utf8(value), line});
  }
}

std::vector<std::string> licences_of(const Headers& headers) {
  if (!headers.licence_expression.empty()) return {headers.licence_expression};
  std::vector<std::string> out;
  for (const std::string& classifier : headers.classifiers) {
    // "License :: OSI Approved" alone approves of nothing in particular.
    if (classifier == "License :: OSI Approved") continue;
    out.push_back(licence_of_classifier(classifier));
  }
  bool is_name = !headers.licence.empty() && headers.licence.size() <= kMaxLicenceName &&
                 headers.licence.find('\n') == std::string::npos;
  // A classifier is chosen from a list, the other field is free text.
  if (out.empty() && is_name) out.push_back(headers.licence);
  return out;
}

std::string supplier_of(const Headers& headers) {
  for (const std::string* field :
       {&headers.author, &headers.author_email, &headers.maintainer, &headers.maintainer_email}) {
    if (!field->empty()) return *field;
  }
  return {};
}

}  // namespace

Metadata parse_metadata(std::string_view text) {
  Metadata out;
  Headers headers;
  std::string key;
  std::string value;
  uint32_t value_line = 0;
  uint32_t number = 0;
  auto flush = [&] {
    if (!key.empty()) take_header(key, base::trim(value), value_line, headers, out);
    key.clear();
  };
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string_view line;
  while (base::next_line(text, line)) {
    ++number;
    if (base::trim(line).empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      value.append("\n").append(base::trim(line));
      continue;
    }
    flush();
    auto parts = base::cut(line, ":");
    if (!parts) continue;
    key = base::trim(parts->first);
    value = base::trim(parts->second);
    value_line = number;
  }
  flush();
  out.licences = licences_of(headers);
  out.supplier = supplier_of(headers);
  return out;
}

}  // namespace bulkhead::catalog::python
