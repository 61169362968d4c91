add_fuzz(git_protocol SOURCE ${CMAKE_SOURCE_DIR}/fuzz/git_protocol.cc ROOMS gitsync)
