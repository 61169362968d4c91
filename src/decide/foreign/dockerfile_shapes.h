// SPDX-License-Identifier: Apache-2.0
// Dockerfiles in the shapes that checks of other programs expect as input.
#pragma once

#include <string>
#include <string_view>

#include "posture/dockerfile.h"

namespace bulkhead::decide {

// Conftest: one list of {Cmd, SubCmd, JSON, Flags, Value, Stage}, comments among them.
std::string conftest_dockerfile(const posture::Dockerfile& file);

// Trivy: {"Stages": [{Name, Commands: [{Cmd, SubCmd, Flags, Value, Original, JSON, Stage, Path,
// StartLine, EndLine}]}]}.
std::string trivy_dockerfile(const posture::Dockerfile& file, std::string_view path);

}  // namespace bulkhead::decide
