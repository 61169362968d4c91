// SPDX-License-Identifier: Apache-2.0
// The matching rules of Gatekeeper
// (https://open-policy-agent.github.io/gatekeeper/website/docs/howto, "The match field") and of
// label selectors in Kubernetes. Every criterion that is given must hold; a cluster-scoped object
// is not held back by criteria about namespaces.
#include "decide/foreign/constraint_match.h"

#include <algorithm>

#include "base/text.h"
#include "decide/foreign/inputs.h"

namespace bulkhead::decide {
namespace {

using base::Code;
using base::Error;
using base::json::Value;

base::Result<std::vector<std::string>> text_list(Value list, std::string_view name) {
  std::vector<std::string> out;
  bool texts = list.missing() || list.is_array();
  list.each([&](Value item) {
    texts = texts && item.is_string();
    out.emplace_back(item.string_or(""));
  });
  if (texts) return out;
  return Error(Code::kInvalid, std::string(name) + " is not a list of texts");
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool is_namespace(Value object) {
  return object["kind"].string_or("") == "Namespace" && object["apiVersion"].string_or("") == "v1";
}

// The namespace that the criteria speak of; nullopt for cluster-scoped objects.
std::optional<std::string_view> namespace_of(const MatchTarget& target) {
  if (is_namespace(target.object)) return target.object["metadata"]["name"].string_or("");
  auto known = target.name_space["metadata"]["name"].string();
  if (known) return known;
  std::string_view own = target.object["metadata"]["namespace"].string_or("");
  if (own.empty()) return std::nullopt;
  return own;
}

}  // namespace

bool matches_name_glob(std::string_view glob, std::string_view name) {
  bool front = glob.starts_with('*');
  bool back = glob.ends_with('*');
  if (!front && !back) return glob == name;
  if (front) glob.remove_prefix(1);
  if (back && !glob.empty()) glob.remove_suffix(1);
  if (front && back) return name.find(glob) != name.npos;
  return front ? name.ends_with(glob) : name.starts_with(glob);
}

base::Result<LabelSelector> LabelSelector::parse(Value selector) {
  LabelSelector out;
  bool bad = !selector.is_object();
  selector["matchLabels"].each_member([&](std::string_view key, Value value) {
    bad = bad || !value.is_string();
    out.requirements_.push_back(
        {std::string(key), Operator::kIn, {std::string(value.string_or(""))}});
  });
  std::string unknown;
  selector["matchExpressions"].each([&](Value expression) {
    Requirement requirement;
    requirement.key = expression["key"].string_or("");
    auto values = text_list(expression["values"], "values");
    if (values) requirement.values = std::move(*values);
    std::string_view op = expression["operator"].string_or("");
    bool with_values = op == "In" || op == "NotIn";
    if (op == "NotIn") {
      requirement.op = Operator::kNotIn;
    } else if (op == "Exists") {
      requirement.op = Operator::kExists;
    } else if (op == "DoesNotExist") {
      requirement.op = Operator::kDoesNotExist;
    } else if (op != "In") {
      unknown = op;
    }
    bad = bad || !values || requirement.key.empty() || with_values == requirement.values.empty();
    out.requirements_.push_back(std::move(requirement));
  });
  if (!unknown.empty()) {
    return Error(Code::kInvalid, "label selector: operator " + base::printable(unknown, 40));
  }
  if (bad) return Error(Code::kInvalid, "label selector: not one that Kubernetes takes");
  return out;
}

bool LabelSelector::matches(Value labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& r) {
    Value value = labels[r.key];
    bool exists = value.is_string();
    switch (r.op) {
      case Operator::kIn: return exists && has(r.values, value.string_or(""));
      case Operator::kNotIn: return !exists || !has(r.values, value.string_or(""));
      case Operator::kExists: return exists;
      case Operator::kDoesNotExist: return !exists;
    }
    return false;
  });
}

base::Result<ConstraintMatch> ConstraintMatch::parse(Value match) {
  ConstraintMatch out;
  if (match.missing() || match.kind() == base::json::Kind::kNull) return out;
  if (!match.is_object()) return Error(Code::kInvalid, "match is not an object");
  base::Status status;
  match["kinds"].each([&](Value entry) {
    auto groups = text_list(entry["apiGroups"], "apiGroups");
    auto kinds = text_list(entry["kinds"], "kinds");
    if (!groups || !kinds) {
      status = !groups ? groups.error() : kinds.error();
    } else {
      out.kinds_.push_back({std::move(*groups), std::move(*kinds)});
    }
  });
  TRY(status);
  out.namespaces_ = TRY(text_list(match["namespaces"], "namespaces"));
  out.excluded_namespaces_ = TRY(text_list(match["excludedNamespaces"], "excludedNamespaces"));
  out.scope_ = match["scope"].string_or("");
  out.name_ = match["name"].string_or("");
  out.source_ = match["source"].string_or("");
  if (!out.source_.empty() && out.source_ != "All" && out.source_ != "Original" &&
      out.source_ != "Generated") {
    return Error(Code::kInvalid, "source is none of All, Original, Generated");
  }
  if (match["labelSelector"].is_object()) {
    out.labels_ = TRY(LabelSelector::parse(match["labelSelector"]));
  }
  if (match["namespaceSelector"].is_object()) {
    out.namespace_labels_ = TRY(LabelSelector::parse(match["namespaceSelector"]));
  }
  return out;
}

bool ConstraintMatch::matches_kind(Value object) const {
  if (kinds_.empty()) return true;
  std::string_view group = group_and_version(object["apiVersion"].string_or("")).first;
  std::string_view kind = object["kind"].string_or("");
  return std::any_of(kinds_.begin(), kinds_.end(), [&](const Kinds& k) {
    bool kind_fits = k.kinds.empty() || has(k.kinds, "*") || has(k.kinds, kind);
    return kind_fits && (k.groups.empty() || has(k.groups, "*") || has(k.groups, group));
  });
}

bool ConstraintMatch::matches_scope(const MatchTarget& target) const {
  bool has_namespace = !target.object["metadata"]["namespace"].string_or("").empty() ||
                       target.name_space.is_object();
  bool own = is_namespace(target.object);
  if (scope_ == "Cluster") return own || !has_namespace;
  if (scope_ == "Namespaced") return !own && has_namespace;
  return true;
}

bool ConstraintMatch::matches_namespaces(const MatchTarget& target) const {
  auto name = namespace_of(target);
  if (!name) return true;
  auto fits = [&](const std::string& glob) { return matches_name_glob(glob, *name); };
  if (std::any_of(excluded_namespaces_.begin(), excluded_namespaces_.end(), fits)) return false;
  return namespaces_.empty() || std::any_of(namespaces_.begin(), namespaces_.end(), fits);
}

bool ConstraintMatch::matches_own_name(Value object) const {
  if (name_.empty()) return true;
  if (matches_name_glob(name_, object["metadata"]["name"].string_or(""))) return true;
  // Of a name that is yet to be made only the front is known.
  return name_.ends_with('*') &&
         matches_name_glob(name_, object["metadata"]["generateName"].string_or(""));
}

Matching ConstraintMatch::matches_namespace_labels(const MatchTarget& target) const {
  if (!namespace_labels_) return Matching::kYes;
  Value labels;
  if (is_namespace(target.object)) {
    labels = target.object["metadata"]["labels"];
  } else if (target.name_space.is_object()) {
    labels = target.name_space["metadata"]["labels"];
  } else {
    bool cluster = target.object["metadata"]["namespace"].string_or("").empty();
    return cluster ? Matching::kYes : Matching::kUnknown;
  }
  return namespace_labels_->matches(labels) ? Matching::kYes : Matching::kNo;
}

Matching ConstraintMatch::matches(const MatchTarget& target) const {
  if (!matches_kind(target.object) || source_ == "Generated" || !matches_scope(target) ||
      !matches_namespaces(target) || !matches_own_name(target.object)) {
    return Matching::kNo;
  }
  if (labels_ && !labels_->matches(target.object["metadata"]["labels"])) return Matching::kNo;
  return matches_namespace_labels(target);
}

}  // namespace bulkhead::decide
