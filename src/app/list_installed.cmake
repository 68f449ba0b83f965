# Writes a list of the installed files in sha256sum's format, for the next installation (check_places.cmake).
set(_lines "")
foreach(_place ${_places})
  file(SHA256 "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${_place}" _hash)
  string(APPEND _lines "${_hash}  ${_place}\n")
endforeach()
file(WRITE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${_list}" "${_lines}")
