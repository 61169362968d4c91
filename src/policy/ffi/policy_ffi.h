// SPDX-License-Identifier: Apache-2.0
// The C interface of the Rego interpreter (src/policy/ffi/src/lib.rs). Only engine.cc includes it.
//
// Every call that may fail returns a Status and, unless kOk, fills `errors` with the encoded list
// of [path, line, column, message, undefined function or ""]. Slices are borrowed for the call.
// Encoding: term.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bulkhead::policy::ffi {
extern "C" {

enum Status : int32_t {
  kOk = 0,
  kInvalid = 1,
  kMemory = 2,
  kDeadline = 3,
  kStack = 4,
  kInternal = 5,
  kRefused = 6,  // a builtin refused
  kTooMuch = 7,  // a builtin was asked for too much
};

struct Slice {
  const uint8_t* data;
  size_t size;
};

struct Buffer {
  uint8_t* data;
  size_t size;
  size_t capacity;
};

struct CallLimits {
  uint64_t deadline_ns;
  uint64_t memory_bytes;  // live bytes that the call may add
  size_t stack_low;       // lowest stack address that may be used; 0: not checked
  uint32_t depth;         // nesting of documents
};

struct ModuleText {
  Slice path;
  Slice text;
  bool v0;
};

struct DataText {
  Slice path;
  Slice json;
  const Slice* at;
  size_t at_size;
};

struct BuiltinName {
  Slice name;
  uint8_t arity;
};

struct RegoProgram;
struct RegoEvaluator;
struct RegoValue;
struct Output;

enum Answered : int32_t { kAnswerValue = 0, kAnswerError = 1, kAnswerHalt = 2, kAnswerLimit = 3 };

// A builtin: its place in the list that bh_compile was given, the encoded array of arguments, and
// where the encoded value or the text of the error goes. Must not throw.
using BuiltinCall = int32_t (*)(void* context, uint32_t index, Slice arguments, Output* output);

int32_t bh_compile(const ModuleText* modules, size_t modules_size, const DataText* data,
                   size_t data_size, const BuiltinName* builtins, size_t builtins_size, bool strict,
                   const CallLimits* limits, RegoProgram** out, Buffer* errors);
void bh_program_free(RegoProgram* program);
// [[package...], [[path, package, name, line, column, kind letter]...]]
void bh_program_describe(const RegoProgram* program, Buffer* out);

// How many arguments a builtin of the interpreter's own takes; -1 when it has none of this name.
int32_t bh_builtin_arity(Slice name);

int32_t bh_value_parse(Slice json, const CallLimits* limits, RegoValue** out, Buffer* errors);
// An object whose members are values that exist already; null ones are left out. Null when the
// engine failed.
RegoValue* bh_value_object(const Slice* names, const RegoValue* const* values, size_t size);
void bh_value_free(RegoValue* value);

// Null when the engine failed.
RegoEvaluator* bh_evaluator_new(const RegoProgram* program);
void bh_evaluator_free(RegoEvaluator* evaluator);
// Input may be null. Writes [JSON text or undefined, [printed line...]].
int32_t bh_evaluate(RegoEvaluator* evaluator, Slice query, const RegoValue* input, bool coverage,
                    const CallLimits* limits, BuiltinCall call, void* context, Buffer* out,
                    Buffer* errors);
// [[path, [covered line...], [other line...]]...]
void bh_coverage(const RegoEvaluator* evaluator, Buffer* out);

// The number of arguments of a builtin of the library that is added to the interpreter's own, as
// those of C++ are; -1 if there is none of that name.
int32_t bh_added_arity(Slice name);

void bh_output(Output* output, Slice bytes);
void bh_buffer_free(Buffer* buffer);

}  // extern "C"
}  // namespace bulkhead::policy::ffi
