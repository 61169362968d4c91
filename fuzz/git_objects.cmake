add_fuzz(git_objects SOURCE ${CMAKE_SOURCE_DIR}/fuzz/git_objects.cc ROOMS gitsync)
