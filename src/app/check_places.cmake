# Stops an installation that would replace a file of another program called Headroom. A file is ours if it equals the one
# that would replace it, if it is unchanged since the last installation's list, or if it contains a mark of this
# program. A file of settings that was edited is ours, but stays: it is put into `_kept`. `_places`, `_sources`, `_list`: see
# CMakeLists.txt.
set(_prefix "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(_program_sign headroom_program)
set(_signs "bin/headroom=${_program_sign}" "lib/libheadroom_app.so=${_program_sign}"
           "lib/libheadroom_notice.so=headroom_notice"
           "share/headroom/config.yaml=pretend_vram" "share/applications/headroom.desktop=Image generator")

function(bears_sign file sign result)
  set(found "")
  if(EXISTS "${file}" AND NOT IS_DIRECTORY "${file}")
    file(STRINGS "${file}" found REGEX "${sign}" LIMIT_COUNT 1)
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# Older installations have no list; they are recognised by their program.
set(_known "")
set(_without_list "")
if(EXISTS "${_prefix}/${_list}" AND NOT IS_DIRECTORY "${_prefix}/${_list}")
  file(STRINGS "${_prefix}/${_list}" _known)
else()
  bears_sign("${_prefix}/bin/headroom" ${_program_sign} _without_list)
endif()

set(_kept "")
foreach(_source _place IN ZIP_LISTS _sources _places)
  set(_file "${_prefix}/${_place}")
  if(NOT EXISTS "${_file}" AND NOT IS_SYMLINK "${_file}")
    continue()
  endif()
  set(_ours "")
  if(EXISTS "${_file}" AND NOT IS_DIRECTORY "${_file}")
    set(_sign "${_signs}")
    list(FILTER _sign INCLUDE REGEX "^${_place}=")
    file(SHA256 "${_file}" _hash)
    set(_source_hash "")
    if(EXISTS "${_source}")
      file(SHA256 "${_source}" _source_hash)
    endif()
    if(_hash STREQUAL _source_hash OR "${_hash}  ${_place}" IN_LIST _known)
      set(_ours yes)
    elseif(_sign)
      string(REGEX REPLACE "^.*=" "" _sign "${_sign}")
      bears_sign("${_file}" "${_sign}" _ours)
      if(_ours AND _place STREQUAL share/headroom/config.yaml)
        list(APPEND _kept ${_place})
      endif()
    else()
      set(_ours "${_without_list}")
    endif()
  endif()
  if(NOT _ours)
    # The leading blank keeps CMake from wrapping the line, and the path in it.
    message(FATAL_ERROR " ${_file} belongs to another program or was changed, so nothing is installed; "
                        "move it away or choose another folder with --prefix")
  endif()
endforeach()
