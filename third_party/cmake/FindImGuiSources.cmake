# Dear ImGui and GLFW from the sources that scripts/setup.sh unpacks, as the static libraries
# ImGuiSources::imgui (with the GLFW and OpenGL 3 backends, FreeType and std::string support) and glfw.
#
# Input: HEADROOM_IMGUI_DIR  default: HEADROOM_DEPS_DIR/imgui-bundle

set(HEADROOM_IMGUI_DIR "${HEADROOM_DEPS_DIR}/imgui-bundle" CACHE PATH "Unpacked sources of imgui-bundle")
set(_imgui "${HEADROOM_IMGUI_DIR}/external/imgui/imgui")
set(_glfw "${HEADROOM_IMGUI_DIR}/external/glfw/glfw")
set(ImGuiSources_ICON_FONT
    "${HEADROOM_IMGUI_DIR}/external/hello_imgui/hello_imgui/hello_imgui_assets/fonts/Font_Awesome_6_Free-Solid-900.otf")

include(FindPackageHandleStandardArgs)
find_file(ImGuiSources_HEADER imgui.h PATHS "${_imgui}" NO_DEFAULT_PATH)
find_package_handle_standard_args(ImGuiSources REQUIRED_VARS ImGuiSources_HEADER
  REASON_FAILURE_MESSAGE "run scripts/setup.sh")
# The last of third_party/patches that the sources use.
file(STRINGS "${_glfw}/include/GLFW/glfw3.h" _patched REGEX "glfwSetTextInputFocus")
if(NOT _patched)
  message(FATAL_ERROR "GLFW in ${_glfw} lacks the patches of third_party/patches: run scripts/setup.sh")
endif()

if(ImGuiSources_FOUND AND NOT TARGET ImGuiSources::imgui)
  set(GLFW_BUILD_DOCS OFF CACHE INTERNAL "")
  set(GLFW_BUILD_TESTS OFF CACHE INTERNAL "")
  set(GLFW_BUILD_EXAMPLES OFF CACHE INTERNAL "")
  set(GLFW_INSTALL OFF CACHE INTERNAL "")
  set(BUILD_SHARED_LIBS OFF)
  set(FPHSA_NAME_MISMATCHED ON)  # GLFW looks for packages of its own in here
  enable_language(C)
  add_subdirectory("${_glfw}" "${CMAKE_BINARY_DIR}/third_party/glfw" EXCLUDE_FROM_ALL SYSTEM)
  set_target_properties(glfw PROPERTIES COMPILE_WARNING_AS_ERROR OFF)
  find_package(Freetype REQUIRED)

  add_library(headroom_imgui STATIC
    ${_imgui}/imgui.cpp ${_imgui}/imgui_draw.cpp ${_imgui}/imgui_tables.cpp ${_imgui}/imgui_widgets.cpp
    ${_imgui}/imgui_stacklayout.cpp
    ${_imgui}/backends/imgui_impl_glfw.cpp ${_imgui}/backends/imgui_impl_opengl3.cpp
    ${_imgui}/misc/freetype/imgui_freetype.cpp ${_imgui}/misc/cpp/imgui_stdlib.cpp)
  target_include_directories(headroom_imgui SYSTEM PUBLIC ${_imgui} ${_imgui}/backends ${_imgui}/misc/cpp
    ${HEADROOM_IMGUI_DIR}/external/hello_imgui/hello_imgui/src)
  target_include_directories(headroom_imgui PUBLIC ${CMAKE_SOURCE_DIR}/third_party/imgui)
  target_compile_definitions(headroom_imgui PUBLIC IMGUI_USER_CONFIG="headroom_imconfig.h" GLFW_INCLUDE_NONE)
  target_compile_options(headroom_imgui PRIVATE -O2 -w)
  target_link_libraries(headroom_imgui PUBLIC glfw OpenGL::GL PRIVATE Freetype::Freetype)
  add_library(ImGuiSources::imgui ALIAS headroom_imgui)
endif()
