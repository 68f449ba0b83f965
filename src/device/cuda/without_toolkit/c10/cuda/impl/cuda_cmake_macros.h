#pragma once
// As libtorch is built: its CUDA part is a library of its own.
#define C10_CUDA_BUILD_SHARED_LIBS
