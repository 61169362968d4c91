// SPDX-License-Identifier: Apache-2.0
// Names of Python distributions, and packages made of them.
#pragma once

#include <string>
#include <string_view>

#include "model/package.h"

namespace bulkhead::catalog::python {

// The one spelling by which distributions are compared: lower case, every run of "-", "_" and "."
// is one "-" (https://packaging.python.org/en/latest/specifications/name-normalization/).
std::string normalise_name(std::string_view name);
// ASCII letters, digits and "-_.", beginning and ending with a letter or digit.
bool valid_name(std::string_view name);

// A pypi package; the name is normalised, the version trimmed.
model::Package make_package(std::string_view name, std::string_view version);

// What the classifier "License :: OSI Approved :: ..." means: an SPDX identifier where it names
// exactly one licence, else its last part as it stands.
std::string licence_of_classifier(std::string_view classifier);

}  // namespace bulkhead::catalog::python
