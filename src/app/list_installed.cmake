# Writes a list of the installed files in sha256sum's format, for the next installation (check_places.cmake). Of a file that
# was edited and stays, it has the one that was not installed: the edited one is not ours to replace next time, either.
set(_lines "")
foreach(_source _place IN ZIP_LISTS _sources _places)
  set(_file "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${_place}")
  if(_place IN_LIST _kept)
    set(_file "${_source}")
  endif()
  file(SHA256 "${_file}" _hash)
  string(APPEND _lines "${_hash}  ${_place}\n")
endforeach()
file(WRITE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${_list}" "${_lines}")
