// SPDX-License-Identifier: Apache-2.0
// XML through expat. Elements are kept in one flat list in document order and all text in one pool,
// so that a hostile document costs a fixed number of bytes an element and no recursion anywhere.
#include "sbom/xml.h"

#include <expat.h>

#include <map>
#include <memory>
#include <string>

#include "base/text.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Result;

namespace {
constexpr char kSeparator = '\n';    // between namespace and name; cannot stand in either
constexpr uint32_t kMaxXmlDepth = 512;  // RDF nests one element in the next through relationships
constexpr uint64_t kElementsAnEntry = 8;
}  // namespace

// Takes expat's events. The first failure stops the parser and is kept.
struct XmlBuilder {
  XmlDocument document;
  XML_Parser parser = nullptr;
  uint64_t max_elements = 0;
  std::string failure;
  Code code = Code::kInvalid;
  struct Open {
    uint32_t index;
    uint32_t last_child;
    std::string text;
  };
  std::vector<Open> open;
  std::map<std::string, uint32_t, std::less<>> spaces;

  XmlDocument::Text keep(std::string_view text) {
    if (text.size() > UINT32_MAX - document.pool_.size()) {
      fail(Code::kLimit, "more than 4 GiB of text");
      return {};
    }
    XmlDocument::Text out{static_cast<uint32_t>(document.pool_.size()),
                          static_cast<uint32_t>(text.size())};
    document.pool_.insert(document.pool_.end(), text.begin(), text.end());
    return out;
  }

  void fail(Code why, std::string what) {
    if (!failure.empty()) return;
    code = why;
    failure = std::move(what);
    XML_StopParser(parser, XML_FALSE);
  }

  uint32_t space_index(std::string_view uri) {
    auto known = spaces.find(uri);
    if (known != spaces.end()) return known->second;
    auto index = static_cast<uint32_t>(document.spaces_.size());
    document.spaces_.push_back(keep(uri));
    spaces.emplace(uri, index);
    return index;
  }

  static std::pair<std::string_view, std::string_view> split_name(std::string_view name) {
    auto parts = base::cut_last(name, std::string_view(&kSeparator, 1));
    return parts ? *parts : std::pair(std::string_view(), name);
  }

  void start(std::string_view full_name, const XML_Char** attributes) {
    if (open.size() >= kMaxXmlDepth) return fail(Code::kLimit, "elements are nested too deeply");
    if (document.elements_.size() >= max_elements) return fail(Code::kLimit, "too many elements");
    auto [space, name] = split_name(full_name);
    XmlDocument::Element element;
    element.space = space_index(space);
    element.name = keep(name);
    element.line = static_cast<uint32_t>(XML_GetCurrentLineNumber(parser));
    for (; *attributes != nullptr; attributes += 2) {
      document.attributes_.push_back({keep(split_name(attributes[0]).second), keep(attributes[1])});
    }
    element.attributes = static_cast<uint32_t>(document.attributes_.size());
    auto index = static_cast<uint32_t>(document.elements_.size());
    document.elements_.push_back(element);
    if (!open.empty()) {
      Open& parent = open.back();
      uint32_t& link = parent.last_child == XmlDocument::kNone
                           ? document.elements_[parent.index].first_child
                           : document.elements_[parent.last_child].next;
      link = index;
      parent.last_child = index;
    }
    open.push_back({index, XmlDocument::kNone, {}});
  }

  void end() {
    if (!failure.empty() || open.empty()) return;  // expat may still report what it has begun
    document.elements_[open.back().index].text = keep(base::trim(open.back().text));
    open.pop_back();
  }
};

namespace {

XmlBuilder& builder_of(void* data) { return *static_cast<XmlBuilder*>(data); }

void XMLCALL on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  builder_of(data).start(name, attributes);
}

void XMLCALL on_end(void* data, const XML_Char*) { builder_of(data).end(); }

void XMLCALL on_text(void* data, const XML_Char* text, int size) {
  XmlBuilder& builder = builder_of(data);
  if (!builder.open.empty()) builder.open.back().text.append(text, static_cast<size_t>(size));
}

void XMLCALL on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  builder_of(data).fail(Code::kInvalid, "a document type declaration is not accepted");
}

}  // namespace

Result<XmlDocument> XmlDocument::parse(std::string_view bytes, const base::Limits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return Error(Code::kLimit, "XML document of " + std::to_string(bytes.size()) +
                                   " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(
      XML_ParserCreateNS(nullptr, kSeparator), XML_ParserFree);
  if (!parser) return Error(Code::kInternal, "no memory for the XML parser");
  XmlBuilder builder;
  builder.parser = parser.get();
  builder.max_elements = limits.max_entries * kElementsAnEntry;
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);

  constexpr size_t kPiece = 1 << 20;
  for (size_t at = 0; at < bytes.size() || at == 0; at += kPiece) {
    std::string_view piece = bytes.substr(at, kPiece);
    bool last = at + piece.size() == bytes.size();
    if (XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), last) ==
        XML_STATUS_OK) {
      if (last) break;
      continue;
    }
    std::string where = "line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) + ": ";
    if (!builder.failure.empty()) return Error(builder.code, "XML " + where + builder.failure);
    return Error(Code::kInvalid,
                 "not valid XML, " + where + XML_ErrorString(XML_GetErrorCode(parser.get())));
  }
  return std::move(builder.document);
}

std::string_view XmlElement::space() const {
  if (missing()) return {};
  return document_->view(document_->spaces_[document_->elements_[index_].space]);
}

std::string_view XmlElement::name() const {
  return missing() ? std::string_view() : document_->view(document_->elements_[index_].name);
}

std::string_view XmlElement::text() const {
  return missing() ? std::string_view() : document_->view(document_->elements_[index_].text);
}

uint32_t XmlElement::line() const { return missing() ? 0 : document_->elements_[index_].line; }

std::string_view XmlElement::attribute(std::string_view name) const {
  if (missing()) return {};
  uint32_t begin = index_ == 0 ? 0 : document_->elements_[index_ - 1].attributes;
  for (uint32_t i = begin; i < document_->elements_[index_].attributes; ++i) {
    const auto& attribute = document_->attributes_[i];
    if (document_->view(attribute.name) == name) return document_->view(attribute.value);
  }
  return {};
}

XmlElement XmlElement::child(std::string_view name) const {
  if (missing()) return {};
  uint32_t space_index = document_->elements_[index_].space;
  for (XmlElement at = first_child(); !at.missing(); at = at.next()) {
    if (document_->elements_[at.index_].space == space_index && at.name() == name) return at;
  }
  return {};
}

XmlElement XmlElement::first_child() const {
  return missing() ? XmlElement() : document_->at(document_->elements_[index_].first_child);
}

XmlElement XmlElement::next() const {
  return missing() ? XmlElement() : document_->at(document_->elements_[index_].next);
}

}  // namespace bulkhead::sbom
