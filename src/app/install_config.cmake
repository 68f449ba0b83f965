# Installs the settings for all users. If they were edited (`_kept`, check_places.cmake), they stay, and the new ones are
# put beside them.
foreach(_source _place IN ZIP_LISTS _sources _places)
  if(NOT _place STREQUAL share/headroom/config.yaml)
    continue()
  endif()
  set(_name config.yaml)
  if(_place IN_LIST _kept)
    set(_name config.yaml.new)
    message(" ${_place} was edited and stays as it is; the new one is beside it as ${_name}. Settings of one user belong "
            "in ~/.config/headroom/config.yaml")
  endif()
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/share/headroom" TYPE FILE RENAME ${_name} FILES "${_source}")
endforeach()
