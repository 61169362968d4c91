// SPDX-License-Identifier: Apache-2.0
// bulkhead: the command line for developers and pipelines.
#include "cli/command.h"

int main(int argc, char** argv) { return bulkhead::cli::run_command_line(argc, argv); }
