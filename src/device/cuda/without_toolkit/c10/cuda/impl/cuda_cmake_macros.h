#pragma once
// libtorch is built like this: its CUDA part is a shared library of its own.
#define C10_CUDA_BUILD_SHARED_LIBS
