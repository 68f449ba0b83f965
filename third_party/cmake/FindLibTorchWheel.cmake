# libtorch from a Python wheel, as the imported target LibTorchWheel::torch. Works for the CPU and the
# CUDA wheel; needs no CUDA toolkit (torch's own package file looks for one and changes global flags).
# Of a CUDA wheel whose CUDA libraries are not there only the CPU part is used.
#
# Input:  HEADROOM_TORCH_DIR  the wheel's torch/ folder; default: the one in HEADROOM_DEPS_DIR/venv
# Output: LibTorchWheel_FOUND, LibTorchWheel_VERSION, LibTorchWheel_WITH_CUDA, target LibTorchWheel::torch

if(NOT HEADROOM_TORCH_DIR)
  file(GLOB _torch_dirs "${HEADROOM_DEPS_DIR}/venv/lib/python3*/site-packages/torch")
  list(GET _torch_dirs 0 _torch_dir)
  set(HEADROOM_TORCH_DIR "${_torch_dir}" CACHE PATH "The torch/ folder of the wheel")
endif()

if(EXISTS "${HEADROOM_TORCH_DIR}/version.py")
  file(STRINGS "${HEADROOM_TORCH_DIR}/version.py" _torch_version_line REGEX "^__version__")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" LibTorchWheel_VERSION "${_torch_version_line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorchWheel
  REQUIRED_VARS HEADROOM_TORCH_DIR LibTorchWheel_VERSION
  VERSION_VAR LibTorchWheel_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup.sh, or set HEADROOM_TORCH_DIR to the torch folder of a wheel")

if(LibTorchWheel_FOUND AND NOT TARGET LibTorchWheel::torch)
  set(_lib "${HEADROOM_TORCH_DIR}/lib")
  set(LibTorchWheel_WITH_CUDA OFF)
  add_library(LibTorchWheel::torch INTERFACE IMPORTED)
  target_include_directories(LibTorchWheel::torch SYSTEM INTERFACE "${HEADROOM_TORCH_DIR}/include")
  # --no-as-needed: kernels register themselves from static initialisers that nothing refers to.
  set(_names torch_cpu c10)
  if(EXISTS "${_lib}/libtorch_cuda.so")
    target_link_options(LibTorchWheel::torch INTERFACE -Wl,--unresolved-symbols=ignore-in-shared-libs)
    if(EXISTS "${HEADROOM_TORCH_DIR}/../nvidia/cudnn")
      set(LibTorchWheel_WITH_CUDA ON)
      list(APPEND _names torch_cuda c10_cuda)
    endif()
  endif()
  set(_files "")
  foreach(_name IN LISTS _names)
    list(APPEND _files "${_lib}/lib${_name}.so")
  endforeach()
  target_link_libraries(LibTorchWheel::torch INTERFACE -Wl,--push-state,--no-as-needed ${_files} -Wl,--pop-state)
  target_link_options(LibTorchWheel::torch INTERFACE "-Wl,-rpath,${_lib}")
endif()
