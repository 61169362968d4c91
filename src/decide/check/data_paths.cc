// SPDX-License-Identifier: Apache-2.0
// Lists are files of the bundle and those that ship; parameters are the defaults of packs.
#include "decide/check/data_paths.h"

#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::decide {
namespace {

using Names = std::set<std::string, std::less<>>;

// False when a data file of the bundle may bring lists that its name does not tell.
bool add_lists(const Files& files, Names& names) {
  bool known = true;
  for (const auto& [path, text] : files) {
    std::string_view name = base::basename(path);
    bool data = name.starts_with("data.");
    if (data && (base::dirname(path).empty() || base::dirname(path) == "lists")) known = false;
    auto parts = base::cut(path, "/");
    if (!parts || parts->first != "lists") continue;
    auto folder = base::cut(parts->second, "/");
    auto stem = base::cut(parts->second, ".");
    if (folder) {
      names.emplace(folder->first);
    } else if (stem) {
      names.emplace(stem->first);
    }
  }
  return known;
}

void begin_closed(base::json::Writer& json) {
  json.begin_object().member("title", "data").member("type", "object");
  json.member("additionalProperties", false).key("properties").begin_object();
}

void write_names(base::json::Writer& json, const Names& names) {
  begin_closed(json);
  for (const std::string& name : names) json.key(name).begin_object().end_object();
  json.end_object().end_object();
}

Names names_of(std::string_view object) {
  Names names;
  auto parsed = base::json::Document::parse(object);
  if (!parsed) return names;
  parsed->root().each_member(
      [&](std::string_view name, base::json::Value) { names.emplace(name); });
  return names;
}

}  // namespace

std::string describe_data(const PolicySet& policy, const Files& files) {
  base::json::Writer json(0);
  json.begin_object().key("properties").begin_object();
  Names lists;
  add_lists(shipped_policies(), lists);
  if (add_lists(files, lists)) write_names(json.key("lists"), lists);
  std::map<std::string, Names> packs;
  auto own = read_own_packs(files);
  if (own) {
    for (const auto& [id, pack] : own->packs) packs[id] = names_of(pack.parameters);
  }
  for (const ActivePack& active : policy.packs()) {
    packs.emplace(active.pack.id, names_of(active.pack.parameters));
  }
  begin_closed(json.key("parameters"));
  for (const auto& [id, names] : packs) write_names(json.key(id), names);
  json.end_object().end_object();
  json.end_object().end_object();
  return json.take();
}

}  // namespace bulkhead::decide
