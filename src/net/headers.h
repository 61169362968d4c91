// SPDX-License-Identifier: Apache-2.0
// Header fields of an HTTP message: names compared without case, order and repeats kept
// (RFC 9110 section 5). Shared by the client and the server.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::net {

class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  void add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), std::string(value)});
  }
  // Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  // The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view value_or(std::string_view name, std::string_view fallback) const {
    return find(name).value_or(fallback);
  }
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::vector<std::string_view> all(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }
  void clear() { fields_.clear(); }

  // A name is a token, a value has no control characters: nothing can be smuggled into a message.
  static bool is_valid_name(std::string_view name);
  static bool is_valid_value(std::string_view value);

 private:
  std::vector<Field> fields_;
};

}  // namespace bulkhead::net
