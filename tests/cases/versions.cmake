add_cases(versions SOURCE ${CMAKE_CURRENT_LIST_DIR}/versions.cc ROOMS version)
