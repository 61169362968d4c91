// SPDX-License-Identifier: Apache-2.0
// Result<T>: the value of an operation, or why it failed.
//
// One of the three kinds of trouble (see ARCHITECTURE.md): Result says "the operation failed",
// Diagnostics says "it went on but something was skipped", CHECK says "our bug". Method names are
// a subset of std::expected, so that this can become an alias once the compilers have it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace bulkhead::base {

enum class Code {
  kInvalid,      // the input breaks its format or the caller's request makes no sense
  kNotFound,     // the thing asked for does not exist
  kUnsupported,  // understood, but this program does not handle it
  kDenied,       // permission or authentication
  kLimit,        // a bound of Limits was reached
  kCorrupt,      // stored data does not match its own checksum or structure
  kIo,           // the operating system refused to read or write
  kNetwork,      // a remote party could not be reached or answered with an error
  kTimeout,      // it took too long
  kInternal,     // none of the above; should be rare
};

std::string_view code_name(Code code);

// What went wrong, as one sentence that says what, where and, if known, what to do.
class Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // Puts "where: " in front of the message: the outermost place comes first.
  Error context(std::string_view where) && {
    message_.insert(0, ": ").insert(0, where);
    return std::move(*this);
  }

 private:
  Code code_;
  std::string message_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  T value() && {
    CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  template <typename U>
  T value_or(U&& fallback) && {
    return has_value() ? std::move(*this).value() : static_cast<T>(std::forward<U>(fallback));
  }

  const Error& error() const& {
    CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error error() && {
    CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

  Result context(std::string_view where) && {
    if (has_value()) return std::move(*this);
    return std::move(*this).error().context(where);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { CHECK(has_value()); }

  const Error& error() const& {
    CHECK(failed_);
    return error_;
  }
  Error error() && {
    CHECK(failed_);
    return std::move(error_);
  }

  Result context(std::string_view where) && {
    if (failed_) error_ = std::move(error_).context(where);
    return std::move(*this);
  }

 private:
  Error error_{Code::kInternal, {}};
  bool failed_ = false;
};

using Status = Result<void>;

}  // namespace bulkhead::base

// Unwraps a Result or returns its error from the enclosing function:
//   auto bytes = TRY(read_file(path, limit));
// Never around co_await (g++ 12 crashes): use CO_TRY_ASSIGN there.
#define TRY(expr) TRY_IMPL_(TRY_CAT_(try_result_, __COUNTER__), expr)

// TRY that also says where, e.g. TRY_AT("layer 3", parse(bytes)).
#define TRY_AT(where, expr) TRY_AT_IMPL_(TRY_CAT_(try_result_, __COUNTER__), where, expr)

// The counter gives nested uses different names (-Wshadow).
#define TRY_CAT2_(a, b) a##b
#define TRY_CAT_(a, b) TRY_CAT2_(a, b)
#define TRY_IMPL_(result, expr)                    \
  __extension__({                                  \
    auto result = (expr);                          \
    if (!result) return std::move(result).error(); \
    std::move(result).value();                     \
  })
#define TRY_AT_IMPL_(result, where, expr)                           \
  __extension__({                                                   \
    auto result = (expr);                                           \
    if (!result) return std::move(result).error().context((where)); \
    std::move(result).value();                                      \
  })

// For coroutines: CO_TRY_ASSIGN(auto response, co_await client.get(url));
#define CO_TRY_ASSIGN(target, awaitable) \
  CO_TRY_ASSIGN_IMPL_(TRY_CAT_(co_try_result_, __LINE__), target, awaitable)
#define CO_TRY_ASSIGN_IMPL_(tmp, target, awaitable) \
  auto tmp = awaitable;                             \
  if (!tmp) co_return std::move(tmp).error();       \
  target = std::move(tmp).value()
