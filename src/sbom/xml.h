// SPDX-License-Identifier: Apache-2.0
// XML as a tree to walk: namespaces resolved, document type declarations refused (so there are no
// entities to expand), bounded in elements, depth and bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::sbom {

class XmlDocument;

// A handle to one element; must not outlive the document. A missing one answers with nothing.
class XmlElement {
 public:
  XmlElement() = default;
  bool missing() const { return document_ == nullptr; }
  std::string_view space() const;  // namespace URI, "" for none
  std::string_view name() const;   // local name
  std::string_view text() const;   // its own character data, trimmed
  uint32_t line() const;
  // An attribute by local name, in no namespace or in any other; "" when absent.
  std::string_view attribute(std::string_view name) const;
  // The first child of that name in this element's namespace.
  XmlElement child(std::string_view name) const;
  XmlElement first_child() const;
  XmlElement next() const;  // the next sibling

 private:
  friend class XmlDocument;
  XmlElement(const XmlDocument* document, uint32_t index) : document_(document), index_(index) {}
  const XmlDocument* document_ = nullptr;
  uint32_t index_ = 0;
};

class XmlDocument {
 public:
  // The encoding is what the document declares, else UTF-8.
  static base::Result<XmlDocument> parse(std::string_view bytes, const base::Limits& limits);
  XmlElement root() const { return at(0); }
  // Elements in document order; the root is 0.
  uint32_t size() const { return static_cast<uint32_t>(elements_.size()); }
  XmlElement at(uint32_t index) const {
    return index < size() ? XmlElement(this, index) : XmlElement();
  }

 private:
  friend class XmlElement;
  friend struct XmlBuilder;
  static constexpr uint32_t kNone = UINT32_MAX;

  // A stretch of pool_.
  struct Text {
    uint32_t offset = 0;
    uint32_t size = 0;
  };
  struct Attribute {
    Text name;
    Text value;
  };
  struct Element {
    uint32_t space = 0;  // index into spaces_
    Text name;
    Text text;
    uint32_t line = 0;
    uint32_t first_child = kNone;
    uint32_t next = kNone;
    uint32_t attributes = 0;  // end in attributes_; begins where the element before ends
  };
  std::string_view view(Text text) const { return {pool_.data() + text.offset, text.size}; }

  std::vector<char> pool_;
  std::vector<Text> spaces_;
  std::vector<Attribute> attributes_;
  std::vector<Element> elements_;
};

}  // namespace bulkhead::sbom
