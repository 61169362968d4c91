// SPDX-License-Identifier: Apache-2.0
// sprintf: Go's fmt.Sprintf over what OPA hands it: integers, other numbers, texts, and every other
// value as its text in Rego. Widths and precisions are bounded, since a policy may compute them.
#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "policy/builtin.h"
#include "policy/glob.h"

namespace bulkhead::policy::builtins::sprintf {
namespace {

using base::Code;
using base::Error;

constexpr int64_t kMaxWidth = 10'000;

struct Directive {
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  std::optional<int64_t> width, precision;
};

// The text between a value's sign and its end, filled to the width.
std::string pad(const Directive& d, std::string_view sign, std::string_view text) {
  const size_t size = sign.size() + code_points(text).size();
  const size_t width = static_cast<size_t>(d.width.value_or(0));
  const size_t missing = width > size ? width - size : 0;
  std::string out(sign);
  if (d.zero && !d.minus) out.append(missing, '0');
  out += text;
  if (d.minus) return out.append(missing, ' ');
  return d.zero ? out : std::string(missing, ' ') + out;
}

std::string_view sign_of(const Directive& d, bool negative) {
  return negative ? "-" : d.plus ? "+" : d.space ? " " : "";
}

std::string text_value(const Term& term) {
  return term.string() ? *term.string() : term_to_rego(term);
}

// Go's name of the type a value has.
std::string_view go_type(const Term& term) {
  if (term.integer()) return "int64";
  if (const std::string* digits = term.number_text()) {
    return digits->find_first_of(".eE") == std::string::npos ? "*big.Int" : "float64";
  }
  return "string";
}

std::string in_base(uint64_t value, int base) {
  char digits[70];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value, base).ptr);
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

std::string format_integer(const Directive& d, char32_t verb, int64_t value) {
  const bool negative = value < 0;
  const uint64_t magnitude =
      negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits;
  std::string prefix;
  switch (verb) {
    case U'b': digits = in_base(magnitude, 2), prefix = d.sharp ? "0b" : ""; break;
    case U'o': digits = in_base(magnitude, 8), prefix = d.sharp ? "0" : ""; break;
    case U'O': digits = in_base(magnitude, 8), prefix = "0o"; break;
    case U'x': digits = in_base(magnitude, 16), prefix = d.sharp ? "0x" : ""; break;
    case U'X': digits = upper(in_base(magnitude, 16)), prefix = d.sharp ? "0X" : ""; break;
    default: digits = in_base(magnitude, 10); break;
  }
  Directive rest = d;
  if (d.precision) {
    const auto wanted = static_cast<size_t>(*d.precision);
    if (wanted == 0 && value == 0) return pad(rest, "", "");
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
    rest.zero = false;
  }
  return pad(rest, std::string(sign_of(d, negative)) + prefix, digits);
}

// Digits of a number in Go's %e, %f and %g; a negative precision is the shortest form.
std::string real_digits(double magnitude, char form, int precision) {
  std::string out(2048 + static_cast<size_t>(std::max(precision, 0)), '\0');
  char* const end = out.data() + out.size();
  std::to_chars_result done{};
  if (form == 'f') {
    done = precision < 0
               ? std::to_chars(out.data(), end, magnitude, std::chars_format::fixed)
               : std::to_chars(out.data(), end, magnitude, std::chars_format::fixed, precision);
  } else if (form == 'e') {
    done = precision < 0 ? std::to_chars(out.data(), end, magnitude, std::chars_format::scientific)
                         : std::to_chars(out.data(), end, magnitude, std::chars_format::scientific,
                                         precision);
  } else if (precision >= 0) {
    done = std::to_chars(out.data(), end, magnitude, std::chars_format::general, precision);
  } else {
    // The shortest digits, with an exponent below -4 and from 6 on.
    done = std::to_chars(out.data(), end, magnitude, std::chars_format::scientific);
    const std::string_view written(out.data(), static_cast<size_t>(done.ptr - out.data()));
    const auto exponent = base::to_number<int>(
        written.substr(written.find('e') + (written.find("e+") != written.npos ? 2 : 1)));
    if (exponent.value_or(0) >= -4 && exponent.value_or(0) < 6) {
      done = std::to_chars(out.data(), end, magnitude, std::chars_format::fixed);
    }
  }
  out.resize(static_cast<size_t>(done.ptr - out.data()));
  return out;
}

std::string format_real(const Directive& d, char32_t verb, double value) {
  const bool negative = std::signbit(value);
  const int given = d.precision ? static_cast<int>(*d.precision) : -1;
  std::string digits;
  switch (verb) {
    case U'f':
    case U'F': digits = real_digits(std::fabs(value), 'f', given < 0 ? 6 : given); break;
    case U'e': digits = real_digits(std::fabs(value), 'e', given < 0 ? 6 : given); break;
    case U'E': digits = upper(real_digits(std::fabs(value), 'e', given < 0 ? 6 : given)); break;
    case U'G': digits = upper(real_digits(std::fabs(value), 'g', given)); break;
    default: digits = real_digits(std::fabs(value), 'g', given); break;
  }
  return pad(d, sign_of(d, negative), digits);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\a': out += "\\a"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\v': out += "\\v"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\\x" + base::to_hex(base::as_bytes(std::string_view(&c, 1)));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

// At most as many characters as the precision says.
std::string cut(const Directive& d, std::string text) {
  if (!d.precision) return text;
  int64_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (starts && characters++ == *d.precision) text.resize(i);
  }
  return text;
}

std::string format_text(const Directive& d, char32_t verb, std::string text) {
  Directive rest = d;
  rest.zero = false;
  if (verb == U'x' || verb == U'X') {
    std::string hex = base::to_hex(base::as_bytes(text));
    return pad(rest, "", verb == U'X' ? upper(std::move(hex)) : hex);
  }
  text = cut(d, std::move(text));
  return pad(rest, "", verb == U'q' ? in_quotes(text) : text);
}

// U+FFFD for what is no character.
char32_t code_point(int64_t number) {
  const bool valid = number >= 0 && number <= 0x10ffff && (number < 0xd800 || number > 0xdfff);
  return valid ? static_cast<char32_t>(number) : U'\ufffd';
}

std::string format_character(const Directive& d, int64_t number) {
  std::string text;
  base::append_utf8(code_point(number), text);
  return format_text(d, U's', std::move(text));
}

// U+0041
std::string format_unicode(const Directive& d, int64_t number) {
  std::string digits = upper(in_base(static_cast<uint64_t>(number), 16));
  const size_t wanted = static_cast<size_t>(std::max<int64_t>(d.precision.value_or(4), 4));
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  Directive rest = d;
  rest.zero = false;
  return pad(rest, "", "U+" + digits);
}

std::string format(const Directive& d, char32_t verb, const Term& term);

// "%!d(string=x)": the value as %v has it, with the directive's sizes.
std::string wrong_verb(const Directive& d, char32_t verb, const Term& term) {
  std::string out = "%!";
  out += static_cast<char>(verb < 0x80 ? verb : '?');
  std::string value = term.is_number() ? format(d, U'v', term) : cut(d, text_value(term));
  if (!term.is_number()) value = pad(d, "", value);
  return out + "(" + std::string(go_type(term)) + "=" + value + ")";
}

std::string format(const Directive& d, char32_t verb, const Term& term) {
  const auto is = [verb](std::u32string_view set) {
    return set.find(verb) != std::u32string_view::npos;
  };
  if (verb == U'T') return pad(d, "", go_type(term));
  if (const int64_t* number = term.integer()) {
    if (is(U"vdboOxX")) return format_integer(d, verb, *number);
    if (verb == U'c') return format_character(d, *number);
    if (verb == U'U') return format_unicode(d, *number);
    // A whole number may have been written with a fraction; Go would say %!f(int64=1).
    if (is(U"feEFgG")) return format_real(d, verb, static_cast<double>(*number));
    return wrong_verb(d, verb, term);
  }
  if (go_type(term) == "*big.Int") {
    if (!is(U"vds")) return wrong_verb(d, verb, term);
    const bool negative = term.number_text()->starts_with('-');
    return pad(d, sign_of(d, negative), term.number_text()->substr(negative ? 1 : 0));
  }
  if (term.is_number()) {
    if (!is(U"vfFeEgG")) return wrong_verb(d, verb, term);
    return format_real(d, verb, term.real_or(0));
  }
  if (is(U"vsqxX")) return format_text(d, verb, text_value(term));
  return wrong_verb(d, verb, term);
}

// Walks over the format, taking arguments as it goes.
class Formatter {
 public:
  Formatter(std::string_view format_text, std::span<const Term> arguments)
      : format_(code_points(format_text)), arguments_(arguments) {}

  base::Result<std::string> run() {
    while (at_ < format_.size()) {
      const char32_t c = format_[at_++];
      if (c != U'%') {
        append(c);
        continue;
      }
      TRY(directive());
    }
    if (next_ < arguments_.size() && !reordered_) extra();
    return std::move(out_);
  }

 private:
  void append(char32_t c) { base::append_utf8(c, out_); }

  char32_t peek() const { return at_ < format_.size() ? format_[at_] : U'\0'; }

  std::optional<int64_t> number() {
    if (peek() < U'0' || peek() > U'9') return std::nullopt;
    int64_t value = 0;
    while (peek() >= U'0' && peek() <= U'9') {
      value = std::min<int64_t>(value * 10 + static_cast<int64_t>(format_[at_++] - U'0'), 1 << 30);
    }
    return value;
  }

  // "*": the number is an argument. Else digits.
  std::optional<int64_t> size(std::string_view bad) {
    if (peek() != U'*') return number();
    ++at_;
    const int64_t* given = next_ < arguments_.size() ? arguments_[next_++].integer() : nullptr;
    if (!given) out_ += bad;
    return given ? std::optional<int64_t>(*given) : std::nullopt;
  }

  // "[n]": the next argument is the n-th.
  void index() {
    if (peek() != U'[') return;
    const size_t back = at_++;
    const auto n = number();
    if (n && *n > 0 && peek() == U']') {
      ++at_;
      next_ = static_cast<size_t>(*n - 1);
      reordered_ = true;
    } else {
      at_ = back;
    }
  }

  base::Status directive() {
    Directive d;
    for (bool flag = true; flag; at_ += flag ? 1 : 0) {
      switch (peek()) {
        case U'-': d.minus = true; break;
        case U'+': d.plus = true; break;
        case U'#': d.sharp = true; break;
        case U' ': d.space = true; break;
        case U'0': d.zero = true; break;
        default: flag = false;
      }
    }
    index();
    d.width = size("%!(BADWIDTH)");
    if (d.width && *d.width < 0) {
      d.minus = true;
      d.width = -*d.width;
    }
    if (peek() == U'.') {
      ++at_;
      index();
      d.precision = std::max<int64_t>(size("%!(BADPREC)").value_or(0), 0);
    }
    index();
    if (d.width.value_or(0) > kMaxWidth || d.precision.value_or(0) > kMaxWidth) {
      return Error(Code::kLimit, "a width or precision above " + std::to_string(kMaxWidth));
    }
    if (at_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return {};
    }
    const char32_t verb = format_[at_++];
    if (verb == U'%') {
      out_ += '%';
    } else if (next_ >= arguments_.size()) {
      out_ += "%!";
      append(verb);
      out_ += reordered_ ? "(BADINDEX)" : "(MISSING)";
    } else {
      out_ += format(d, verb, arguments_[next_++]);
    }
    return {};
  }

  void extra() {
    out_ += "%!(EXTRA ";
    for (size_t i = next_; i < arguments_.size(); ++i) {
      if (i > next_) out_ += ", ";
      out_ += std::string(go_type(arguments_[i])) + "=" + format({}, U'v', arguments_[i]);
    }
    out_ += ')';
  }

  std::u32string format_;
  std::span<const Term> arguments_;
  size_t at_ = 0;
  size_t next_ = 0;
  bool reordered_ = false;
  std::string out_;
};

BuiltinResult sprint(Arguments arguments, CallContext&) {
  const std::string_view text = TRY(text_argument(arguments, 0));
  return Term(TRY(Formatter(text, TRY(array_argument(arguments, 1))).run()));
}

constexpr Builtin kBuiltins[] = {{"sprintf", 2, sprint}};

}  // namespace

extern constinit const Family descriptor = {"sprintf", "formatted texts", kBuiltins};

}  // namespace bulkhead::policy::builtins::sprintf
