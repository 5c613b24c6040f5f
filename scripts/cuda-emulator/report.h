// What the emulated libraries tell of, at the end of the process, in the file that CUDA_EMULATOR_REPORT names.
#pragma once
#include <cstddef>

// Counts a call; gives the error code with which it is to fail, by CUDA_EMULATOR_FAIL=name=code[@n[!]][,…] (see wanted_failures), else 0.
int called(const char *name);
// Counts and tells of a call that fails, and gives its code.
int failed(const char *name, int code, const char *why);
// Counts and tells of memory that is read or written and is nobody's.
void out_of_bounds(const char *what);
// Counts and tells of what may give other bits in another run.
void undefined_order(const char *what);
// Bytes from an address to the end of the allocation that it lies in; -1 outside of all.
long bytes_left(const void *address);
