add_fuzz(ssh_signature SOURCE ${CMAKE_SOURCE_DIR}/fuzz/ssh_signature.cc ROOMS gitsync)
