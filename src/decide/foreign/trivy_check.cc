// SPDX-License-Identifier: Apache-2.0
// Metadata of Trivy checks (https://trivy.dev/docs/latest/guide/scanner/misconfiguration/custom/).
// Both forms, annotation and rule, are brought to JSON first, so that one reader serves both.
#include "decide/foreign/trivy_check.h"

#include <algorithm>
#include <array>

#include "base/node_json.h"
#include "base/text.h"

namespace bulkhead::decide {
namespace {

using base::json::Document;
using base::json::Value;
using base::json::Writer;

constexpr auto kTypes =
    std::to_array<std::string_view>({"dockerfile", "kubernetes", "rbac", "json", "yaml", "toml"});

// A member under the first of its names that is there.
std::string text_of(Value object, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (object[name].is_string()) return std::string(object[name].string_or(""));
  }
  return "";
}

void read_selectors(Value input, TrivyCheck& check) {
  check.combine = input["combine"].boolean() == true;
  input["selector"].each([&](Value entry) {
    TrivySelector selector;
    selector.type = entry["type"].string_or("");
    entry["subtypes"].each([&](Value subtype) {
      for (std::string_view member : {"kind", "group", "version"}) {
        std::string_view text = subtype[member].string_or("");
        if (!text.empty()) selector.kinds.push_back(base::lower(text));
      }
    });
    check.selectors.push_back(std::move(selector));
  });
}

// `custom` of an annotation, or the whole of __rego_metadata__.
void read_custom(Value custom, TrivyCheck& check) {
  std::string id = text_of(custom, {"id", "avd_id"});
  if (!id.empty()) check.info.id = id;
  std::string title = text_of(custom, {"title"});
  if (!title.empty()) check.info.title = title;
  std::string why = text_of(custom, {"description"});
  if (!why.empty()) check.info.why = why;
  check.info.fix = text_of(custom, {"recommended_action", "recommended_actions"});
  auto severity = model::parse_severity(base::lower(text_of(custom, {"severity"})));
  if (severity) check.info.severity = *severity;
  std::string url = text_of(custom, {"url"});
  if (!url.empty()) check.info.references.push_back(url);
  check.library = custom["library"].boolean() == true;
  check.deprecated = custom["deprecated"].boolean() == true;
  custom["frameworks"].each_member(
      [&](std::string_view name, Value) { check.frameworks.emplace_back(name); });
}

void read_metadata(Value annotation, TrivyCheck& check) {
  std::string title = text_of(annotation, {"title"});
  if (!title.empty()) check.info.title = title;
  check.info.why = text_of(annotation, {"description"});
  annotation["related_resources"].each([&](Value resource) {
    std::string_view url =
        resource.is_string() ? resource.string_or("") : resource["ref"].string_or("");
    if (!url.empty()) check.info.references.emplace_back(url);
  });
  read_custom(annotation["custom"], check);
  read_selectors(annotation["custom"]["input"], check);
}

}  // namespace

TrivyCheck describe_check(const Module& module, Value legacy) {
  TrivyCheck check;
  check.path = module.path;
  check.package = module.package;
  check.info.id = module.package_name();
  check.info.title = check.info.id;
  check.info.line = module.package_line;
  check.info.severity = model::Severity::kUnknown;
  if (const Annotation* annotation = module.package_annotation()) {
    auto document =
        Document::parse(base::node_to_json(annotation->content, base::ScalarSchema::kYaml11));
    if (document) read_metadata(document->root(), check);
  } else {
    read_custom(legacy["metadata"], check);
    read_selectors(legacy["input"], check);
  }
  check.described = check.info.id != module.package_name();
  check.library = check.library || (!module.package.empty() && module.package.front() == "lib");
  return check;
}

std::string why_not(const TrivyCheck& check) {
  if (check.deprecated) return "the check says that it is deprecated";
  bool by_default = check.frameworks.empty() ||
                    std::find(check.frameworks.begin(), check.frameworks.end(), "default") !=
                        check.frameworks.end();
  if (!by_default) return "it counts only for the framework " + check.frameworks.front();
  std::string unknown;
  bool any = check.selectors.empty();
  for (const TrivySelector& selector : check.selectors) {
    bool known = std::find(kTypes.begin(), kTypes.end(), selector.type) != kTypes.end();
    any = any || known;
    if (!known) unknown = selector.type;
  }
  return any ? "" : "input of the type " + unknown + " is not made here";
}

}  // namespace bulkhead::decide
