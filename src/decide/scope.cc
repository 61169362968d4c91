// SPDX-License-Identifier: Apache-2.0
// Scopes are matched against the policy's document, so that they mean the same at every stage.
#include "decide/scope.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;

bool any_glob(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return base::glob_match(glob, text); });
}

class Matcher {
 public:
  void fact(const std::vector<std::string>& globs, const Value& value, std::string_view name) {
    if (globs.empty()) return;
    auto text = value.string();
    if (!text) return missing(name);
    answer_.applies = answer_.applies && any_glob(globs, *text);
  }

  // Labels of the image, else of the object under review.
  void labels(const std::map<std::string, std::string>& globs, const Value& input) {
    const Value& image = input["image"]["labels"];
    const Value& object = input["object"]["metadata"]["labels"];
    for (const auto& [key, glob] : globs) {
      auto text = object[key].missing() ? image[key].string() : object[key].string();
      if (!text && image.missing() && object.missing()) return missing("labels");
      answer_.applies = answer_.applies && text && base::glob_match(glob, *text);
    }
  }

  ScopeAnswer take() { return answer_; }

 private:
  void missing(std::string_view name) {
    answer_.applies = false;
    answer_.unknown = "its scope asks for " + std::string(name) + ", not known at this stage";
  }

  ScopeAnswer answer_{true, ""};
};

}  // namespace

ScopeAnswer in_scope(const Scope& scope, const Value& input) {
  Matcher matcher;
  matcher.fact(scope.registries, input["image"]["registry"], "registries");
  matcher.fact(scope.repositories, input["image"]["repository"], "repositories");
  matcher.fact(scope.namespaces, input["workload"]["namespace"], "namespaces");
  matcher.fact(scope.owners, input["workload"]["owner"], "owners");
  matcher.labels(scope.labels, input);
  return matcher.take();
}

}  // namespace bulkhead::decide
